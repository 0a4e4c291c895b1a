// SPDX-License-Identifier: Apache-2.0
// What is fitted is what was drawn, inside the stated interval as often as stated.
#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <random>

#include "memory/validation/count_fits.h"
#include "memory/validation/fail_fit.h"
#include "memory/validation/probit_fit.h"
#include "sim/core/error.h"
#include "tests/memory/validation/simulated_map.h"

namespace brownout::memory::validation {
namespace {

constexpr int kMaps = 300;

bool holds(const Estimate& estimate, double truth) {
  return estimate.interval.lower <= truth && truth <= estimate.interval.upper;
}

/// Lowest number of kMaps 95 % intervals that may hold the truth.
double fewest(double coverage) {
  return boost::math::quantile(boost::math::binomial_distribution<double>(kMaps, coverage), 0.001);
}

TEST(ProbitFit, IntervalsHoldTheTruth) {
  Simulation s;
  int mu = 0;
  int sigma = 0;
  for (int i = 0; i < kMaps; ++i) {
    const ProbitFit fit =
        fit_probit(first_failures(simulate(s, static_cast<std::uint64_t>(i) + 1)));
    EXPECT_TRUE(fit.by_blocks);
    mu += holds(fit.mu, s.mu) ? 1 : 0;
    sigma += holds(fit.sigma, s.sigma) ? 1 : 0;
  }
  EXPECT_GE(mu, fewest(0.95));
  EXPECT_GE(sigma, fewest(0.95));
}

TEST(ProbitFit, IntervalsOfFewBlocksHoldTheTruthToo) {
  Simulation s;
  s.geometry = {2, 512, 64};
  int mu = 0;
  int sigma = 0;
  for (int i = 0; i < kMaps; ++i) {
    const ProbitFit fit =
        fit_probit(first_failures(simulate(s, static_cast<std::uint64_t>(i) + 1)));
    EXPECT_FALSE(fit.by_blocks);
    mu += holds(fit.mu, s.mu) ? 1 : 0;
    sigma += holds(fit.sigma, s.sigma) ? 1 : 0;
  }
  EXPECT_GE(mu, fewest(0.95));
  EXPECT_GE(sigma, fewest(0.95));
}

TEST(ProbitFit, FindsTheMaximumOfAFineGrid) {
  const FirstFailures failures = first_failures(simulate(Simulation(), 3));
  const ProbitFit best = fit_probit(failures);
  const auto totals = failures.totals();
  const auto likelihood = [&](double mu, double sigma) {
    double sum = 0;
    double above = 0;
    double failing = 0;
    for (std::size_t i = 0; i < totals.size(); ++i) {
      const double here = normal_cdf((mu - failures.voltages[i]) / sigma);
      sum += totals[i] * std::log(here - above);
      above = here;
      failing += totals[i];
    }
    return sum + (failures.cells() - failing) * std::log1p(-above);
  };
  const double top = likelihood(best.mu.value, best.sigma.value);
  for (int i = -5; i <= 5; ++i) {
    for (int j = -5; j <= 5; ++j) {
      EXPECT_LE(likelihood(best.mu.value + 0.002 * i, best.sigma.value + 0.001 * j), top + 1e-6);
    }
  }
}

TEST(ProbitFit, OnePointIsNoCurve) {
  Simulation s;
  s.voltages = {0.54};
  EXPECT_THROW(static_cast<void>(fit_probit(first_failures(simulate(s, 1)))), InputError);
}

TEST(NegativeBinomial, IntervalsHoldTheTruth) {
  for (const double k : {0.08, 0.5, 3.0}) {
    int held = 0;
    for (int i = 0; i < kMaps; ++i) {
      std::mt19937_64 random(static_cast<std::uint64_t>(i) + 7);
      std::vector<double> counts;
      for (int block = 0; block < 300; ++block) {
        const double mean = std::gamma_distribution<double>(k, 20 / k)(random);
        counts.push_back(mean > 0 ? std::poisson_distribution<int>(mean)(random) : 0);
      }
      held += holds(fit_negative_binomial(counts), k) ? 1 : 0;
    }
    EXPECT_GE(held, fewest(0.95)) << "k " << k;
  }
}

TEST(NegativeBinomial, PoissonCountsGiveAnIntervalWithoutUpperEnd) {
  std::mt19937_64 random(3);
  std::vector<double> counts;
  for (int block = 0; block < 300; ++block) {
    counts.push_back(std::poisson_distribution<int>(4)(random));
  }
  const Estimate k = fit_negative_binomial(counts);
  EXPECT_TRUE(std::isinf(k.interval.upper));
  EXPECT_GT(k.interval.lower, 5);
}

TEST(FailFit, IntervalsHoldTheTruthThoughSomeCellsNeverFail) {
  constexpr int kTrials = 60;
  const auto fewest_of =
      boost::math::quantile(boost::math::binomial_distribution<double>(kTrials, 0.95), 0.001);
  const std::vector<FailProbability> truths = {{0, 1.2, 0.6}, {0.4, 1, 2}, {0.2, 0.5, 0.5}};
  for (const FailProbability& truth : truths) {
    int mean = 0;
    int always = 0;
    double seen = 0;
    for (int i = 0; i < kTrials; ++i) {
      std::mt19937_64 random(static_cast<std::uint64_t>(i) + 99);
      std::uniform_real_distribution<double> uniform;
      std::vector<double> counts(21);
      for (int cell = 0; cell < 400; ++cell) {
        const double x = std::gamma_distribution<double>(truth.alpha)(random);
        const double y = std::gamma_distribution<double>(truth.beta)(random);
        const double p = uniform(random) < truth.always ? 1 : x / (x + y);
        counts[static_cast<std::size_t>(std::binomial_distribution<int>(20, p)(random))] += 1;
      }
      const FailFit fit = fit_failures(counts, 20);
      mean += holds(fit.mean, truth.mean()) ? 1 : 0;
      always += holds(fit.always, truth.always) ? 1 : 0;
      seen += fit.seen - (1 - counts[0] / 400);
    }
    EXPECT_NEAR(seen / kTrials, 0, 0.02);
    EXPECT_GE(mean, fewest_of) << truth.always << " " << truth.alpha;
    EXPECT_GE(always, fewest_of) << truth.always << " " << truth.alpha;
  }
}

}  // namespace
}  // namespace brownout::memory::validation
