// SPDX-License-Identifier: Apache-2.0
// The plots of a report as gnuplot scripts (layer 5). Data travel inside the script.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/results_folder.h"
#include "sim/sweep/summary.h"

namespace brownout::report {

struct Plot {
  std::string title;
  std::string caption;  ///< what is seen, plain text
  std::string script;
  bool wide = false;
};

/// Those the results allow: nothing over voltage for a single one, no savings without a reference.
[[nodiscard]] std::vector<Plot> make_plots(const sweep::Results& results,
                                           const sweep::Summary& summary);

}  // namespace brownout::report
