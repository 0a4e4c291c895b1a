// SPDX-License-Identifier: Apache-2.0
#include "memory/voltage_curve.h"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace brownout::memory
