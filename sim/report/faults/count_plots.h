// SPDX-License-Identifier: Apache-2.0
// Where failing cells lie, and how reliably they fail (layer 5).
#pragma once

#include <optional>
#include <vector>

#include "sim/report/faults/fault_report.h"
#include "sim/report/plots.h"

namespace brownout::report {

/// Faults of blocks, of their columns and of their words: how many have at least so many, with
/// Poisson and negative binomial counts of the same mean. Empty when nothing fails.
[[nodiscard]] std::vector<Plot> count_plots(const FaultReport& report);

/// Pairs of failing cells at each distance over those of independent cells, along columns and along
/// words; those that have any pairs.
[[nodiscard]] std::vector<Plot> correlation_plots(const FaultReport& report);

/// How many failing cells failed how many reads; none when reads were not repeated.
[[nodiscard]] std::optional<Plot> reads_plot(const FaultReport& report);

}  // namespace brownout::report
