// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/fail_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "memory/validation/ascent.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

// What a memory's `probability` takes.
constexpr double kLowestShape = 0.01;
constexpr double kHighestShape = 100;

constexpr double kMostLogit = 9;  // of a share
const double kLowestLogSum = std::log(2 * kLowestShape);
const double kHighestLogSum = std::log(2 * kHighestShape);

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double logit(double p) { return std::log(p / (1 - p)); }

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

/// Probability of `failures` of `reads` under a beta distribution.
double beta_binomial(double failures, double reads, const FailProbability& p) {
  const double ways = -std::log1p(reads) - log_beta(failures + 1, reads - failures + 1);
  return std::exp(ways + log_beta(p.alpha + failures, p.beta + reads - failures) -
                  log_beta(p.alpha, p.beta));
}

double share_seen(double reads, const FailProbability& p) {
  return 1 - (1 - p.always) * beta_binomial(0, reads, p);
}

double log_likelihood(const std::vector<double>& counts, const FailProbability& p) {
  const auto reads = static_cast<double>(counts.size() - 1);
  const double seen = share_seen(reads, p);
  double sum = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const double always = i + 1 == counts.size() ? p.always : 0;
    const double here = always + (1 - p.always) * beta_binomial(static_cast<double>(i), reads, p);
    sum += counts[i] * std::log(std::max(here, 1e-300) / std::max(seen, 1e-300));
  }
  return sum;
}

FailProbability made(double always, double mean_of_others, double log_sum) {
  const double sum = std::exp(log_sum);
  return {always, std::clamp(mean_of_others * sum, kLowestShape, kHighestShape),
          std::clamp((1 - mean_of_others) * sum, kLowestShape, kHighestShape)};
}

/// Parameters: logits of `always` and of the others' mean, logarithm of alpha + beta.
FailProbability by_share(const Point& x) { return made(logistic(x[0]), logistic(x[1]), x[2]); }

/// Parameters: logits of the mean over all cells and of the part of it that cells failing always
/// have, logarithm of alpha + beta.
FailProbability by_mean(const Point& x) {
  const double mean = logistic(x[0]);
  const double part = logistic(x[1]);
  return made(mean * part, mean * (1 - part) / (1 - mean * part), x[2]);
}

}  // namespace

FailFit fit_failures(const std::vector<double>& counts, std::uint32_t reads, double confidence) {
  require(counts.size() == reads + std::size_t{1}, "a count for every number of failures");
  const double cells = std::accumulate(counts.begin() + 1, counts.end(), 0.0);
  if (reads < 2 || cells == 0) {
    throw InputError("found fewer than two reads of failing cells, allowed: two or more");
  }
  const std::vector<std::pair<double, double>> ranges = {
      {-kMostLogit, kMostLogit}, {-kMostLogit, kMostLogit}, {kLowestLogSum, kHighestLogSum}};
  const auto ascent_of = [&](FailProbability (*probability)(const Point&)) {
    return Ascent(
        [&counts, probability](const Point& x) { return log_likelihood(counts, probability(x)); },
        ranges, {0, 1, 2});
  };
  const Ascent shares = ascent_of(by_share);
  // From a share that always fails and from none: the likelihood may have a top at either.
  Point top = {0, 0, 0.5};
  double best = shares.climb(top);
  Point other = {-kMostLogit, 0, 0.5};
  const double best_other = shares.climb(other);
  if (best_other > best) {
    top = other;
    best = best_other;
  }
  const double bound = best - allowed_loss(confidence);
  FailFit fit;
  fit.probability = by_share(top);
  const auto [fewest, most] = shares.interval(top, 0, bound);
  fit.always = {fit.probability.always,
                {fewest <= -kMostLogit ? 0 : logistic(fewest), logistic(most)}};
  const double mean = fit.probability.mean();
  const Point by_mean_top = {logit(std::min(mean, 1 - 1e-4)),
                             logit(std::clamp(fit.probability.always / mean, 1e-4, 1 - 1e-4)),
                             top[2]};
  const auto [lower, upper] = ascent_of(by_mean).interval(by_mean_top, 0, bound);
  fit.mean = {mean, {logistic(lower), logistic(upper)}};
  fit.seen = share_seen(reads, fit.probability);
  return fit;
}

}  // namespace brownout::memory::validation
