// SPDX-License-Identifier: Apache-2.0
// What bounds each layer, array or DRAM (layer 5): the roofline of Williams, Waterman and
// Patterson, "Roofline: an insightful visual performance model", CACM 52(4), 2009.
#pragma once

#include <optional>

#include "sim/report/plots.h"

namespace brownout::report {

/// Measured MACs a cycle of every array layer and of the network over its MACs per DRAM byte, under
/// the roofs of array and DRAM; none when nothing multiplies. `results` must have layers.
[[nodiscard]] std::optional<Plot> roofline_plot(const sweep::Results& results);

}  // namespace brownout::report
