// SPDX-License-Identifier: Apache-2.0
// Expected values were computed with 40 and more decimal digits from the definitions
// (complementary error function, regularised incomplete beta function).
#include "sim/core/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sim/core/error.h"

namespace brownout {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void expect_relative(double value, double expected, double tolerance) {
  EXPECT_LE(std::abs(value - expected), tolerance * std::abs(expected))
      << value << " is not " << expected;
}

TEST(Mean, OfValues) {
  EXPECT_DOUBLE_EQ(mean({1.0, 2.0, 6.0}), 3.0);
  EXPECT_THROW((void)mean({}), SimulationError);
}

TEST(SampleStandardDeviation, DividesByOneLess) {
  EXPECT_DOUBLE_EQ(sample_standard_deviation({2, 4, 4, 4, 5, 5, 7, 9}), std::sqrt(32.0 / 7.0));
  EXPECT_EQ(sample_standard_deviation({3.0}), 0.0);
  EXPECT_THROW((void)sample_standard_deviation({}), SimulationError);
}

TEST(SampleStandardDeviation, SurvivesALargeOffset) {
  EXPECT_DOUBLE_EQ(sample_standard_deviation({1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}),
                   std::sqrt(30.0));
}

TEST(NormalCdf, IsAccurateDownTheLowerTail) {
  EXPECT_DOUBLE_EQ(normal_cdf(0.0), 0.5);
  expect_relative(normal_cdf(-1.25), 0.10564977366685525769, 1e-12);
  expect_relative(normal_cdf(-5.0), 2.8665157187919391167e-7, 1e-12);
  expect_relative(normal_cdf(-8.0), 6.2209605742717841235e-16, 1e-12);
  expect_relative(normal_cdf(-20.0), 2.7536241186062336951e-89, 1e-12);
  expect_relative(normal_cdf(-37.5), 4.6053530095819548438e-308, 1e-12);
  expect_relative(normal_cdf(1.25), 0.89435022633314474231, 1e-15);
}

TEST(NormalCdf, EndsAtZeroAndOne) {
  EXPECT_EQ(normal_cdf(-kInfinity), 0.0);
  EXPECT_EQ(normal_cdf(kInfinity), 1.0);
  EXPECT_EQ(normal_cdf(-60.0), 0.0);
  EXPECT_THROW((void)normal_cdf(std::nan("")), SimulationError);
}

TEST(Probit, IsAccurateFromRareCellsToTheMiddle) {
  EXPECT_EQ(probit(0.5), 0.0);
  expect_relative(probit(1e-300), -37.047096299361199237, 1e-12);
  expect_relative(probit(1e-100), -21.273453560965324294, 1e-12);
  expect_relative(probit(1e-15), -7.9413453261709967713, 1e-12);
  expect_relative(probit(1e-9), -5.9978070150076868614, 1e-12);
  expect_relative(probit(1e-5), -4.2648907939228246102, 1e-12);
  expect_relative(probit(0.01), -2.3263478740408410931, 1e-12);
  expect_relative(probit(0.3), -0.52440051270804081597, 1e-12);
  expect_relative(probit(0.975), 1.9599639845400538556, 1e-12);
}

TEST(Probit, UndoesTheNormalCdf) {
  for (int i = 0; i <= 100; ++i) {
    const double x = -0.37 * i;
    EXPECT_NEAR(probit(normal_cdf(x)), x, 1e-12 * 37.0);
  }
}

TEST(Probit, EndsAreInfiniteAndBeyondThrows) {
  EXPECT_EQ(probit(0.0), -kInfinity);
  EXPECT_EQ(probit(1.0), kInfinity);
  EXPECT_THROW((void)probit(-1e-9), SimulationError);
  EXPECT_THROW((void)probit(1.0 + 1e-9), SimulationError);
  EXPECT_THROW((void)probit(std::nan("")), SimulationError);
}

TEST(ClopperPearson, MatchesTheExactBounds) {
  const Interval half = clopper_pearson(5, 10, 0.95);
  expect_relative(half.lower, 0.18708602844739857, 1e-10);
  expect_relative(half.upper, 0.81291397155260143, 1e-10);
  const Interval few = clopper_pearson(3, 100, 0.99);
  expect_relative(few.lower, 0.0034070701031797586, 1e-10);
  expect_relative(few.upper, 0.10548125372507824, 1e-10);
  const Interval test_set = clopper_pearson(9321, 10000, 0.95);
  expect_relative(test_set.lower, 0.92699218504734018, 1e-10);
  expect_relative(test_set.upper, 0.93695437842614108, 1e-10);
}

TEST(ClopperPearson, NoneAndAllReachTheEnds) {
  const Interval none = clopper_pearson(0, 10, 0.95);
  EXPECT_EQ(none.lower, 0.0);
  expect_relative(none.upper, 0.30849710781876076, 1e-10);
  const Interval all = clopper_pearson(10, 10, 0.95);
  expect_relative(all.lower, 0.69150289218123924, 1e-10);
  EXPECT_EQ(all.upper, 1.0);
}

TEST(ClopperPearson, RefusesImpossibleCounts) {
  EXPECT_THROW((void)clopper_pearson(0, 0, 0.95), SimulationError);
  EXPECT_THROW((void)clopper_pearson(11, 10, 0.95), SimulationError);
  EXPECT_THROW((void)clopper_pearson(1, 10, 1.0), SimulationError);
  EXPECT_THROW((void)clopper_pearson(1, 10, 0.0), SimulationError);
}

}  // namespace
}  // namespace brownout
