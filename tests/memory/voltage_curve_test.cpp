// SPDX-License-Identifier: Apache-2.0
#include "memory/voltage_curve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "sim/core/error.h"
#include "sim/core/statistics.h"

namespace brownout::memory {
namespace {

std::vector<CurvePoint> three_points() {
  return {{VminRatio(1.0), 0, 1.0}, {VminRatio(0.8), 1e-2, 0.64}, {VminRatio(0.9), 1e-4, 0.81}};
}

TEST(VoltageCurve, IsExactAtThePoints) {
  const VoltageCurve curve(three_points(), Interpolation::kProbit);
  EXPECT_EQ(curve.bit_error_rate(VminRatio(0.8)), 1e-2);
  EXPECT_EQ(curve.bit_error_rate(VminRatio(0.9)), 1e-4);
  EXPECT_EQ(curve.bit_error_rate(VminRatio(1.0)), 0);
  EXPECT_NEAR(curve.energy_factor(VminRatio(0.8)), 0.64, 1e-12);
  EXPECT_NEAR(curve.energy_factor(VminRatio(1.0)), 1.0, 1e-12);
}

TEST(VoltageCurve, IsLinearInProbitOrInLogBetweenThem) {
  const VoltageCurve in_probit(three_points(), Interpolation::kProbit);
  EXPECT_NEAR(probit(in_probit.bit_error_rate(VminRatio(0.85))), (probit(1e-2) + probit(1e-4)) / 2,
              1e-9);
  const VoltageCurve in_log(three_points(), Interpolation::kLog);
  EXPECT_NEAR(in_log.bit_error_rate(VminRatio(0.85)), 1e-3, 1e-12);
}

TEST(VoltageCurve, TheLastSlopeGoesOnBelowTheFaultFreePoint) {
  const VoltageCurve curve(three_points(), Interpolation::kLog);
  EXPECT_NEAR(curve.bit_error_rate(VminRatio(0.95)), 1e-5, 1e-14);
  EXPECT_GT(curve.bit_error_rate(VminRatio(0.9999)), 0);
}

TEST(VoltageCurve, EnergyIsQuadraticBetweenPoints) {
  const VoltageCurve curve(three_points(), Interpolation::kProbit);
  for (const double v : {0.8, 0.84, 0.9, 0.933, 1.0}) {
    EXPECT_NEAR(curve.energy_factor(VminRatio(v)), v * v, 1e-12) << v;
  }
}

TEST(VoltageCurve, FallsMonotonicallyWithVoltage) {
  for (const Interpolation interpolation : {Interpolation::kProbit, Interpolation::kLog}) {
    const VoltageCurve curve(three_points(), interpolation);
    double last = 1;
    for (int i = 0; i <= 200; ++i) {
      const double rate = curve.bit_error_rate(VminRatio(0.8 + 0.001 * i));
      EXPECT_LE(rate, last);
      last = rate;
    }
  }
}

TEST(VoltageCurve, RefusesVoltagesOutsideTheMeasuredSpan) {
  const VoltageCurve curve(three_points(), Interpolation::kProbit);
  EXPECT_THROW(static_cast<void>(curve.bit_error_rate(VminRatio(0.79))), InputError);
  EXPECT_THROW(static_cast<void>(curve.bit_error_rate(VminRatio(1.01))), InputError);
  EXPECT_THROW(static_cast<void>(curve.energy_factor(VminRatio(std::nan("")))), InputError);
}

TEST(VoltageCurve, RefusesPointsThatAreNoCurve) {
  const auto build = [](std::vector<CurvePoint> points) {
    return VoltageCurve(std::move(points), Interpolation::kProbit);
  };
  EXPECT_THROW(build({}), InputError);
  EXPECT_THROW(build({{VminRatio(0.8), 1e-2, 0.6}, {VminRatio(1), 0, 1}}), InputError);
  auto rising = three_points();
  rising[2].bit_error_rate = 0.5;
  EXPECT_THROW(build(rising), InputError);
  auto falling_energy = three_points();
  falling_energy[1].energy = 2;
  EXPECT_THROW(build(falling_energy), InputError);
  auto twice = three_points();
  twice[1].voltage = twice[2].voltage;
  EXPECT_THROW(build(twice), InputError);
}

VoltageCurve extrapolating(Interpolation interpolation) {
  return {three_points(), interpolation, {true, 1}};
}

TEST(VoltageCurve, ExtrapolatesAlongTheOutermostFailingSegment) {
  for (const Interpolation scale : {Interpolation::kProbit, Interpolation::kLog}) {
    const VoltageCurve curve = extrapolating(scale);
    const double slope = (on_scale(scale, 1e-4) - on_scale(scale, 1e-2)) / 0.1;
    EXPECT_NEAR(on_scale(scale, curve.bit_error_rate(VminRatio(0.75))),
                on_scale(scale, 1e-2) - 0.05 * slope, 1e-9);
    EXPECT_EQ(curve.bit_error_rate(VminRatio(1.2)), 0) << "fault-free from 1 Vmin on";
    EXPECT_NEAR(curve.energy_factor(VminRatio(0.7)), 0.49, 1e-12);
    EXPECT_NEAR(curve.energy_factor(VminRatio(1.1)), 1.21, 1e-12);
    EXPECT_FALSE(curve.is_measured(VminRatio(0.75)));
    EXPECT_TRUE(curve.is_measured(VminRatio(0.8)));
    EXPECT_EQ(curve.reference(), VminRatio(1));
  }
}

TEST(VoltageCurve, WithoutAFaultFreePointItGoesOnUpwardsToo) {
  std::vector<CurvePoint> points = three_points();
  points.erase(points.begin());  // 1.0 Vmin
  const VoltageCurve measured(points, Interpolation::kLog);
  EXPECT_EQ(measured.reference(), VminRatio(0.9));
  EXPECT_THROW(static_cast<void>(measured.bit_error_rate(VminRatio(1))), InputError);
  const VoltageCurve curve(points, Interpolation::kLog, {true, 1});
  EXPECT_NEAR(curve.bit_error_rate(VminRatio(1)), 1e-6, 1e-15);
  EXPECT_EQ(curve.reference(), VminRatio(1));
}

TEST(VoltageCurve, ExtrapolationEndsWhereItHasNoMeaning) {
  const VoltageCurve log = extrapolating(Interpolation::kLog);
  EXPECT_THROW(static_cast<void>(log.bit_error_rate(VminRatio(0.69))), InputError);
  EXPECT_GT(log.bit_error_rate(VminRatio(0.71)), 0.5);
  const VoltageCurve steep({{VminRatio(0.9), 0.1, 0.5}, {VminRatio(1), 0.01, 1}},
                           Interpolation::kProbit, {true, 1});
  EXPECT_THROW(static_cast<void>(steep.energy_factor(VminRatio(0.7))), InputError);
  EXPECT_THROW(static_cast<void>(steep.bit_error_rate(VminRatio(std::nan("")))), InputError);
}

std::vector<CurvePoint> counted_points(std::uint64_t low, std::uint64_t high, std::uint64_t bits) {
  const auto share = [&](std::uint64_t faults) {
    return static_cast<double>(faults) / static_cast<double>(bits);
  };
  return {{VminRatio(0.8), share(low), 0.64, FaultCounts{low, bits}},
          {VminRatio(0.9), share(high), 0.81, FaultCounts{high, bits}},
          {VminRatio(1), 0, 1, FaultCounts{0, bits}}};
}

TEST(VoltageCurve, IntervalAtAPointIsClopperPearson) {
  const VoltageCurve curve(counted_points(120, 4, 10000), Interpolation::kProbit);
  const Interval expected = clopper_pearson(4, 10000, 0.9);
  const auto interval = curve.interval(VminRatio(0.9), 0.9);
  ASSERT_TRUE(interval.has_value());
  EXPECT_EQ(interval->lower, expected.lower);
  EXPECT_EQ(interval->upper, expected.upper);
  EXPECT_EQ(curve.interval(VminRatio(1))->lower, 0);
  EXPECT_GT(curve.interval(VminRatio(1))->upper, 1e-4);
}

TEST(VoltageCurve, IntervalsHoldTheRateEverywhere) {
  for (const Interpolation scale : {Interpolation::kProbit, Interpolation::kLog}) {
    const VoltageCurve curve(counted_points(120, 4, 10000), scale);
    for (int i = 0; i <= 200; ++i) {
      const VminRatio v(std::min(1.0, 0.8 + 0.001 * i));
      const double rate = curve.bit_error_rate(v);
      const auto interval = curve.interval(v);
      ASSERT_TRUE(interval.has_value());
      EXPECT_LE(interval->lower, rate) << v.count();
      EXPECT_GE(interval->upper, rate) << v.count();
      EXPECT_LT(interval->upper, 0.03) << v.count();
    }
  }
}

TEST(VoltageCurve, IntervalsNeedCountsOnBothSides) {
  std::vector<CurvePoint> points = counted_points(120, 4, 10000);
  points[0].counts.reset();
  const VoltageCurve curve(points, Interpolation::kProbit, {true, 1});
  EXPECT_FALSE(curve.interval(VminRatio(0.8)).has_value());
  EXPECT_FALSE(curve.interval(VminRatio(0.85)).has_value());
  EXPECT_TRUE(curve.interval(VminRatio(0.9)).has_value());
  EXPECT_TRUE(curve.interval(VminRatio(0.95)).has_value());
  EXPECT_FALSE(curve.interval(VminRatio(1.1)).has_value()) << "outside the measured span";
}

TEST(VoltageCurve, IntervalsBetweenPointsCoverTheTruth) {
  // Cells with normal failure voltages, counted at two voltages on the same cells.
  constexpr int kCells = 4000;
  constexpr int kChips = 1500;
  std::mt19937_64 random(7);
  const double high_rate = normal_cdf((0.75 - 0.9) / 0.06);
  const double low_rate = normal_cdf((0.75 - 0.8) / 0.06);
  const double truth = normal_cdf((0.75 - 0.85) / 0.06);
  int covered = 0;
  for (int i = 0; i < kChips; ++i) {
    const int high = std::binomial_distribution<int>(kCells, high_rate)(random);
    const int more = std::binomial_distribution<int>(
        kCells - high, (low_rate - high_rate) / (1 - high_rate))(random);
    const VoltageCurve curve(
        counted_points(static_cast<std::uint64_t>(high) + static_cast<std::uint64_t>(more),
                       static_cast<std::uint64_t>(high), kCells),
        Interpolation::kProbit);
    const auto interval = curve.interval(VminRatio(0.85));
    if (interval->lower <= truth && truth <= interval->upper) ++covered;
  }
  EXPECT_GE(covered, kChips * 0.95);
}

TEST(VoltageCurve, FlippedBitsAreFewerThanFailingCells) {
  std::vector<CurvePoint> points = counted_points(120, 4, 10000);
  const VoltageCurve curve(points, Interpolation::kProbit, {false, 0.5});
  EXPECT_DOUBLE_EQ(curve.bit_error_rate(VminRatio(0.8)), 0.024);
  EXPECT_DOUBLE_EQ(curve.interval(VminRatio(0.8))->upper,
                   clopper_pearson(120, 10000, 0.95).upper * 2);
  points[0].bit_error_rate = 0.5;
  try {
    static_cast<void>(VoltageCurve(points, Interpolation::kProbit, {false, 0.5}));
    FAIL() << "more flipped bits than all cells can give";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("allowed: below 0.5"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace brownout::memory
