// SPDX-License-Identifier: Apache-2.0
// Energy, and what saving it costs (layer 5). Every summary here has voltages.
#pragma once

#include <optional>

#include "sim/report/plots.h"

namespace brownout::report {

/// Energy over voltage by component; none when nothing has energy.
[[nodiscard]] std::optional<Plot> energy_plot(const sweep::Summary& summary, bool with_dram);

/// Every kind of saving over voltage; there must be one.
[[nodiscard]] Plot saving_plot(const sweep::Summary& summary);
/// Accuracy over the most specific saving.
[[nodiscard]] Plot trade_off_plot(const sweep::Summary& summary);

}  // namespace brownout::report
