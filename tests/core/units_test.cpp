// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units.h"

#include <gtest/gtest.h>

namespace brownout {
namespace {

TEST(Quantity, AddsScalesAndComparesLikeItsNumber) {
  Picojoules energy(1.5);
  energy += Picojoules(2.5);
  energy -= Picojoules(1.0);
  EXPECT_EQ(energy, Picojoules(3.0));
  EXPECT_EQ(energy * 2.0, 2.0 * energy);
  EXPECT_EQ((energy + energy - energy).count(), 3.0);
  EXPECT_LT(Volts(0.5), Volts(0.6));
  EXPECT_GE(Cycles(7), Cycles(7));
}

TEST(Quantity, RatioOfEqualUnitsIsAPlainNumber) {
  const double ratio = Cycles(3) / Cycles(4);
  EXPECT_EQ(ratio, 0.75);
  EXPECT_EQ(Volts(0.4) / Volts(0.8), 0.5);
}

TEST(Quantity, CountsStayExactBeyondDoublePrecision) {
  constexpr std::uint64_t kOdd = (std::uint64_t{1} << 60U) + 1;
  EXPECT_EQ((Cycles(kOdd) + Cycles(2)).count(), kOdd + 2);
}

TEST(Units, PowerTimesTimeIsEnergy) {
  const Picoseconds second(1e12);
  EXPECT_DOUBLE_EQ((Milliwatts(1.0) * second).count(), 1e9);  // 1 mW for 1 s is 1 mJ
}

TEST(Units, DurationOfCycles) {
  EXPECT_DOUBLE_EQ(duration(Cycles(600), Hertz(1.2e9)).count(), 500e3);
}

}  // namespace
}  // namespace brownout
