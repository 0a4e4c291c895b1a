// SPDX-License-Identifier: Apache-2.0
// Energy, and what saving it costs (layer 5). Every summary here has voltages.
#pragma once

#include "sim/report/plots.h"

namespace brownout::report {

[[nodiscard]] Plot energy_plot(const sweep::Summary& summary);
[[nodiscard]] Plot on_chip_energy_plot(const sweep::Summary& summary);

/// Whether there is a reference to save energy against, as the next two need.
[[nodiscard]] bool has_savings(const sweep::Summary& summary);
[[nodiscard]] Plot saving_plot(const sweep::Summary& summary);
[[nodiscard]] Plot trade_off_plot(const sweep::Summary& summary);

}  // namespace brownout::report
