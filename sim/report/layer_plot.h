// SPDX-License-Identifier: Apache-2.0
// Where the time of an inference goes (layer 5).
#pragma once

#include "sim/report/plots.h"

namespace brownout::report {

/// One bar per layer, its time stacked by activity. `results` must have layers.
[[nodiscard]] Plot layer_plot(const sweep::Results& results);

}  // namespace brownout::report
