// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/count_fits.h"

#include <boost/math/tools/minima.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "memory/validation/ascent.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLowestLog = -12;  // of k, and of a + b: e^-12 is as good as 0
constexpr double kHighestLog = 14;
constexpr int kBits = 30;

using Function = std::function<double(double)>;

/// Where `f` is largest within [low, high]; f has one maximum.
double argmax(const Function& f, double low, double high) {
  return boost::math::tools::brent_find_minima([&](double x) { return -f(x); }, low, high, kBits)
      .first;
}

/// Where `f` crosses `bound` between `inside` (above it) and `outside`; `outside` if it never does.
double crossing(const Function& f, double inside, double outside, double bound) {
  if (f(outside) >= bound) return outside;
  for (int i = 0; i < 60; ++i) {
    const double middle = (inside + outside) / 2;
    (f(middle) >= bound ? inside : outside) = middle;
  }
  return (inside + outside) / 2;
}

}  // namespace

Estimate fit_negative_binomial(const std::vector<double>& counts, double level) {
  require(!counts.empty(), "negative binomial fit of no counts");
  const auto n = static_cast<double>(counts.size());
  const double mean = std::accumulate(counts.begin(), counts.end(), 0.0) / n;
  if (mean == 0) return {kInfinity, {0, kInfinity}};
  std::map<double, double> distinct;
  for (const double count : counts) distinct[count] += 1;
  // The mean's own estimate is the sample mean for every k; terms without k are left out.
  const auto likelihood = [&](double log_k) {
    const double k = std::exp(log_k);
    double sum = n * k * -std::log1p(mean / k);
    for (const auto& [count, times] : distinct) {
      sum += times * (std::lgamma(count + k) - std::lgamma(k) - count * std::log(k + mean));
    }
    return sum;
  };
  const double best = argmax(likelihood, kLowestLog, kHighestLog);
  const double bound = likelihood(best) - allowed_loss(level);
  const double lower = crossing(likelihood, best, kLowestLog, bound);
  const double upper = crossing(likelihood, best, kHighestLog, bound);
  const auto value = [](double log_k) {
    return log_k >= kHighestLog - 1e-3 ? kInfinity : std::exp(log_k);
  };
  return {value(best), {value(lower), value(upper)}};
}

}  // namespace brownout::memory::validation
