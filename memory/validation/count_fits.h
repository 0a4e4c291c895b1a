// SPDX-License-Identifier: Apache-2.0
// Maximum-likelihood fits of counts (layer 2): how unequal blocks are. Intervals are profile
// likelihood: all values that lose less than half the chi-square quantile.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/validation/probit_fit.h"

namespace brownout::memory::validation {

/// Negative binomial counts: Poisson with a gamma distributed mean of shape k. Small k is unequal,
/// infinite k (as an estimate or as an end of the interval) is Poisson.
[[nodiscard]] Estimate fit_negative_binomial(const std::vector<double>& counts,
                                             double level = 0.95);

}  // namespace brownout::memory::validation
