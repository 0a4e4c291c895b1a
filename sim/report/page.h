// SPDX-License-Identifier: Apache-2.0
// The page of a report (layer 5): key figures, plots, tables, provenance.
#pragma once

#include <string>
#include <vector>

#include "sim/report/page_parts.h"
#include "sim/sweep/results_folder.h"
#include "sim/sweep/summary.h"

namespace brownout::report {

[[nodiscard]] std::string make_page(const sweep::Results& results, const sweep::Summary& summary,
                                    const std::vector<Figure>& figures);

}  // namespace brownout::report
