// SPDX-License-Identifier: Apache-2.0
// The statistics of results and voltage curves (layer 0), over Boost.Math.
#pragma once

#include <cstdint>
#include <vector>

namespace brownout {

/// Arithmetic mean; `values` must not be empty.
[[nodiscard]] double mean(const std::vector<double>& values);

/// Sample standard deviation (divides by n - 1); 0 for a single value.
[[nodiscard]] double sample_standard_deviation(const std::vector<double>& values);

/// A closed interval of a proportion.
struct Interval {
  double lower = 0.0;
  double upper = 0.0;
};

/// Exact (Clopper-Pearson) two-sided confidence interval of a proportion of which `successes` of
/// `trials` were seen; its coverage is at least `level`, e.g. 0.95.
[[nodiscard]] Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double level);

/// Phi(x): the probability that a standard normal variable is at most `x`; relative error in the
/// lower tail below 1e-12. For the upper tail use `normal_cdf(-x)`.
[[nodiscard]] double normal_cdf(double x);

/// Inverse of Phi for `p` in [0, 1]; the ends give -infinity and +infinity.
[[nodiscard]] double probit(double p);

}  // namespace brownout
