// SPDX-License-Identifier: Apache-2.0
#include "memory/rate_scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

using Rates = std::vector<std::pair<VminRatio, double>>;

Rates on_line(Interpolation scale, double mu, double sigma) {
  Rates rates = {{VminRatio(1), 0}};  // which no line reaches
  for (const double v : {0.7, 0.75, 0.83, 0.9}) {
    rates.emplace_back(VminRatio(v), from_scale(scale, (mu - v) / sigma));
  }
  return rates;
}

TEST(RateScale, ThereAndBack) {
  for (const Interpolation scale : {Interpolation::kProbit, Interpolation::kLog}) {
    for (const double rate : {1e-12, 1e-5, 0.3, 0.999}) {
      EXPECT_NEAR(from_scale(scale, on_scale(scale, rate)), rate, rate * 1e-9);
    }
    EXPECT_EQ(from_scale(scale, on_scale(scale, 0)), 0);
  }
}

TEST(LineFit, FindsTheLineThatIsThere) {
  const LineFit normal =
      fit_line(on_line(Interpolation::kProbit, 0.7, 0.05), Interpolation::kProbit);
  EXPECT_NEAR(normal.mu.count(), 0.7, 1e-9);
  EXPECT_NEAR(normal.sigma.count(), 0.05, 1e-9);
  EXPECT_NEAR(normal.r2, 1, 1e-9);
  const LineFit log = fit_line(on_line(Interpolation::kLog, 0.65, 0.02), Interpolation::kLog);
  EXPECT_NEAR(log.mu.count(), 0.65, 1e-9);
  EXPECT_NEAR(log.sigma.count(), 0.02, 1e-9);
  EXPECT_LT(fit_line(on_line(Interpolation::kProbit, 0.7, 0.05), Interpolation::kLog).r2, 0.99);
}

TEST(LineFit, LeavesTheSmallestSquares) {
  const Rates rates = {{VminRatio(0.8), 0.1}, {VminRatio(0.85), 0.02}, {VminRatio(0.9), 1e-4}};
  const auto squares = [&](double mu, double sigma) {
    double sum = 0;
    for (const auto& [v, rate] : rates) {
      sum += std::pow(on_scale(Interpolation::kLog, rate) - (mu - v.count()) / sigma, 2);
    }
    return sum;
  };
  const LineFit fit = fit_line(rates, Interpolation::kLog);
  const double least = squares(fit.mu.count(), fit.sigma.count());
  for (const double change : {0.999, 1.001}) {
    EXPECT_GT(squares(fit.mu.count() * change, fit.sigma.count()), least);
    EXPECT_GT(squares(fit.mu.count(), fit.sigma.count() * change), least);
  }
}

TEST(LineFit, NeedsRatesThatFall) {
  EXPECT_THROW(static_cast<void>(fit_line({}, Interpolation::kLog)), InputError);
  const Rates flat = {{VminRatio(0.8), 0.1}, {VminRatio(0.9), 0.1}, {VminRatio(1), 0}};
  EXPECT_THROW(static_cast<void>(fit_line(flat, Interpolation::kProbit)), InputError);
}

}  // namespace
}  // namespace brownout::memory
