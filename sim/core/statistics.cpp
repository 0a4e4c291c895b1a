// SPDX-License-Identifier: Apache-2.0
#include "sim/core/statistics.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/core/error.h"

namespace brownout {

double mean(const std::vector<double>& values) {
  require(!values.empty(), "mean of no values");
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double sample_standard_deviation(const std::vector<double>& values) {
  const double center = mean(values);
  if (values.size() == 1) return 0.0;
  double squares = 0.0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double level) {
  require(trials > 0 && successes <= trials, "confidence interval of more successes than trials");
  require(level > 0.0 && level < 1.0, "confidence level is between 0 and 1");
  using Binomial = boost::math::binomial_distribution<double>;
  const double tail = (1.0 - level) / 2.0;
  const auto n = static_cast<double>(trials);
  const auto k = static_cast<double>(successes);
  return {Binomial::find_lower_bound_on_p(n, k, tail), Binomial::find_upper_bound_on_p(n, k, tail)};
}

double normal_cdf(double x) {
  require(!std::isnan(x), "Phi of not-a-number");
  return boost::math::cdf(boost::math::normal_distribution<double>(), x);
}

double probit(double p) {
  require(p >= 0.0 && p <= 1.0, "probit of a number outside [0, 1]");
  if (p == 0.0) return -std::numeric_limits<double>::infinity();
  if (p == 1.0) return std::numeric_limits<double>::infinity();
  return boost::math::quantile(boost::math::normal_distribution<double>(), p);
}

}  // namespace brownout
