// SPDX-License-Identifier: Apache-2.0
#include "memory/delay_law.h"

#include <gtest/gtest.h>

#include "memory/voltage_rail.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

TEST(DelayLaw, IsTheAlphaPowerLaw) {
  const DelayLaw law{Picoseconds(800), VminRatio(0.5), 2, "test"};
  EXPECT_DOUBLE_EQ(law.at(VminRatio(1)).count(), 800);
  // V / (V - Vt)^2: 1 / 0.25 = 4 at Vmin; 0.75 / 0.0625 = 12 at 0.75 Vmin: three times as long.
  EXPECT_DOUBLE_EQ(law.at(VminRatio(0.75)).count(), 2400);
  const DelayLaw linear{Picoseconds(800), VminRatio(0.5), 1, "test"};
  EXPECT_DOUBLE_EQ(linear.at(VminRatio(0.75)).count(), 1200);
}

TEST(DelayLaw, GrowsAsVoltageFalls) {
  for (const double alpha : {1.0, 1.3, 2.0}) {
    const DelayLaw law{Picoseconds(700), VminRatio(0.4), alpha, "test"};
    for (double v = 0.42; v < 1.2; v += 0.01) {
      EXPECT_GT(law.at(VminRatio(v)), law.at(VminRatio(v + 0.01)));
    }
  }
}

TEST(DelayLaw, HasNoMeaningAtItsThreshold) {
  const DelayLaw law{Picoseconds(800), VminRatio(0.5), 1.3, "test"};
  EXPECT_THROW(static_cast<void>(law.at(VminRatio(0.5))), InputError);
  EXPECT_NO_THROW(static_cast<void>(law.at(VminRatio(0.501))));
}

TEST(DelayLaw, FindsTheLowestVoltageThatWorks) {
  const DelayLaw law{Picoseconds(800), VminRatio(0.5), 1.3, "test"};
  const VminRatio lowest = law.lowest_within(Picoseconds(1000), VminRatio(1.2));
  EXPECT_LE(law.at(lowest), Picoseconds(1000));
  EXPECT_GT(law.at(lowest - VminRatio(1e-9)), Picoseconds(1000));
}

TEST(Ramp, TakesTimeBothWaysAndEnergyUpwards) {
  const RampConfig ramp{Picoseconds(1e6), Picojoules(100), "test"};
  const VminRatio low(0.8);
  const VminRatio high(1);
  EXPECT_NEAR(ramp.time(low, high).count(), 2e5, 1e-6);
  EXPECT_EQ(ramp.time(low, high), ramp.time(high, low));
  EXPECT_NEAR(ramp.energy(low, high).count(), 36, 1e-9);
  EXPECT_EQ(ramp.energy(high, low), Picojoules(0));
  // Detours store no more.
  EXPECT_NEAR((ramp.energy(low, VminRatio(0.9)) + ramp.energy(VminRatio(0.9), high)).count(), 36,
              1e-9);
}

}  // namespace
}  // namespace brownout::memory
