// SPDX-License-Identifier: Apache-2.0
// Where the time of an inference goes (layer 5).
#pragma once

#include <string>
#include <vector>

#include "sim/report/plots.h"

namespace brownout::report {

/// One bar per layer, its time stacked by activity. `results` must have layers.
[[nodiscard]] Plot layer_plot(const sweep::Results& results);

/// The layers at the highest voltage.
[[nodiscard]] std::vector<sweep::LayerRow> one_voltage(const std::vector<sweep::LayerRow>& layers);
/// Long names are cut in the middle, where they differ least.
[[nodiscard]] std::string short_name(const std::string& name);
/// Clock period at a voltage of the swept rail; low voltages may stretch it.
[[nodiscard]] Picoseconds period_at(const sweep::Results& results, VminRatio voltage);

}  // namespace brownout::report
