// SPDX-License-Identifier: Apache-2.0
// Failing cells over voltage (layer 5).
#pragma once

#include <optional>

#include "sim/report/faults/fault_report.h"
#include "sim/report/plots.h"

namespace brownout::report {

/// Shares of failing cells with intervals and the probit line through those of A; none when
/// nothing fails.
[[nodiscard]] std::optional<Plot> failing_plot(const FaultReport& report);

/// Distances from that line; none without one.
[[nodiscard]] std::optional<Plot> residual_plot(const FaultReport& report);

/// Share of cells that go on failing one voltage lower; none when nothing fails above the lowest.
[[nodiscard]] std::optional<Plot> inclusion_plot(const FaultReport& report);

}  // namespace brownout::report
