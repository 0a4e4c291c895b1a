// SPDX-License-Identifier: Apache-2.0
// The tables of a report (layer 5), as HTML.
#pragma once

#include <string>

#include "sim/sweep/results_folder.h"
#include "sim/sweep/summary.h"

namespace brownout::report {

/// One row per voltage: bit-error rates, accuracy over chips, energy by component, savings.
[[nodiscard]] std::string voltage_table(const sweep::Summary& summary);

/// One row per layer at the highest voltage: cycles by activity, accesses, energy.
[[nodiscard]] std::string layer_table(const sweep::Results& results);

}  // namespace brownout::report
