// SPDX-License-Identifier: Apache-2.0
// Maximum-likelihood fits of counts (layer 2): how unequal blocks are, and how reliably failing
// cells fail. Intervals are profile likelihood: all values that lose less than half the chi-square
// quantile.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/validation/probit_fit.h"

namespace brownout::memory::validation {

/// Negative binomial counts: Poisson with a gamma distributed mean of shape k. Small k is unequal,
/// infinite k (as an estimate or as an end of the interval) is Poisson.
[[nodiscard]] Estimate fit_negative_binomial(const std::vector<double>& counts,
                                             double level = 0.95);

/// Failures of cells that each fail a read with a probability of their own, Beta(a, b) distributed
/// over the cells; cells that never failed were not seen, which the likelihood allows for.
struct BetaFit {
  double a = 0;
  double b = 0;
  Estimate mean;  ///< of the failure probability over cells, seen or not
  double log_likelihood = 0;
  double common_log_likelihood = 0;  ///< of one probability for all cells
};

/// `counts[i]` cells failed i of `reads` reads, i from 1; counts[0] is ignored. Throws InputError
/// below two reads or without cells.
[[nodiscard]] BetaFit fit_beta(const std::vector<double>& counts, std::uint32_t reads,
                               double level = 0.95);

}  // namespace brownout::memory::validation
