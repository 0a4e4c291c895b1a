// SPDX-License-Identifier: Apache-2.0
// The curve of a map (layer 2): cell failure voltages as one normal distribution, fitted by maximum
// likelihood to the voltages at which cells were first seen failing.
#pragma once

#include <vector>

#include "memory/fault_map.h"
#include "sim/core/statistics.h"

namespace brownout::memory::validation {

/// A fitted number with its confidence interval.
struct Estimate {
  double value = 0;
  Interval interval;
};

/// Cells by the highest voltage at which they failed: cells independent, these are multinomial, and
/// unlike the failing cells of each voltage they do not count a cell twice.
struct FirstFailures {
  std::vector<double> voltages;             ///< falling
  std::vector<std::vector<double>> blocks;  ///< counts by voltage, one row a block
  double block_cells = 0;

  [[nodiscard]] std::vector<double> totals() const;
  [[nodiscard]] double cells() const { return block_cells * static_cast<double>(blocks.size()); }
};

[[nodiscard]] FirstFailures first_failures(const FaultMap& map);

/// P(cell fails at V) = Phi((mu - V) / sigma).
struct ProbitFit {
  Estimate mu;  ///< median failure voltage, in the map's unit
  Estimate sigma;
  double deviance = 0;  ///< twice the log-likelihood lost against free probabilities
  /// Whether the intervals allow for blocks that differ (sandwich over blocks, eight or more);
  /// otherwise they hold for independent cells.
  bool by_blocks = false;

  [[nodiscard]] double rate(double voltage) const;
};

/// Throws InputError unless cells fail first at two voltages or more: one point has no slope.
[[nodiscard]] ProbitFit fit_probit(const FirstFailures& failures, double level = 0.95);

/// How much of the deviance chance alone gives: p-value of the fit by parametric bootstrap, exact
/// up to the fitted parameters for independent cells.
[[nodiscard]] double probit_fit_p_value(const FirstFailures& failures, const ProbitFit& fit,
                                        std::size_t resamples, std::uint64_t seed);

/// Distance of each voltage's share of failing cells from the fit, in probit units; 0 where none
/// failed.
[[nodiscard]] std::vector<double> probit_residuals(const FirstFailures& failures,
                                                   const ProbitFit& fit);

}  // namespace brownout::memory::validation
