// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/count_fits.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/tools/minima.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

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

/// How far a likelihood may fall within an interval.
double allowed_loss(double level) {
  return boost::math::quantile(boost::math::chi_squared_distribution<double>(1), level) / 2;
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

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

/// Zero-truncated beta-binomial likelihood, without the binomial coefficients.
double beta_likelihood(const std::vector<double>& counts, double reads, double a, double b) {
  const double base = log_beta(a, b);
  const double log_never = log_beta(a, b + reads) - base;
  const double log_seen = std::log(-std::expm1(std::min(log_never, -1e-300)));
  double sum = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto failures = static_cast<double>(i);
    sum += counts[i] * (log_beta(a + failures, b + reads - failures) - base - log_seen);
  }
  return sum;
}

/// Zero-truncated binomial likelihood of one probability for all.
double common_likelihood(const std::vector<double>& counts, double reads, double p) {
  const double log_seen = std::log(-std::expm1(reads * std::log1p(-p)));
  double sum = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto failures = static_cast<double>(i);
    const double passed = reads - failures;
    sum += counts[i] *
           (failures * std::log(p) + (passed > 0 ? passed * std::log1p(-p) : 0) - log_seen);
  }
  return sum;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

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

BetaFit fit_beta(const std::vector<double>& counts, std::uint32_t reads, double level) {
  require(counts.size() == reads + std::size_t{1}, "a count for every number of failures");
  const double cells = std::accumulate(counts.begin() + 1, counts.end(), 0.0);
  if (reads < 2 || cells == 0) {
    throw InputError("found fewer than two reads of failing cells, allowed: two or more");
  }
  const auto trials = static_cast<double>(reads);
  const auto at = [&](double logit_mean, double log_sum) {
    const double sum = std::exp(log_sum);
    return beta_likelihood(counts, trials, logistic(logit_mean) * sum, logistic(-logit_mean) * sum);
  };
  constexpr double kMostLogit = 12;
  const auto best_sum = [&](double logit_mean) {
    return argmax([&](double log_sum) { return at(logit_mean, log_sum); }, kLowestLog / 2,
                  kHighestLog / 2);
  };
  const auto profile = [&](double logit_mean) { return at(logit_mean, best_sum(logit_mean)); };
  const double logit = argmax(profile, -kMostLogit, kMostLogit);
  const double sum = std::exp(best_sum(logit));
  BetaFit fit;
  fit.a = logistic(logit) * sum;
  fit.b = logistic(-logit) * sum;
  fit.log_likelihood = profile(logit);
  const double bound = fit.log_likelihood - allowed_loss(level);
  fit.mean = {logistic(logit),
              {logistic(crossing(profile, logit, -kMostLogit, bound)),
               logistic(crossing(profile, logit, kMostLogit, bound))}};
  const auto common = [&](double x) { return common_likelihood(counts, trials, logistic(x)); };
  fit.common_log_likelihood = common(argmax(common, -kMostLogit, kMostLogit * 2));
  return fit;
}

}  // namespace brownout::memory::validation
