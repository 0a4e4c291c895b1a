// SPDX-License-Identifier: Apache-2.0
#include "memory/macro_energy.h"

#include <gtest/gtest.h>

#include <cmath>

namespace brownout::memory {
namespace {

const AccessEnergyTable kTable{{Picojoules(10), Picojoules(12)}, Bytes(8192), 0.338, "", ""};

TEST(AccessEnergy, IsTheTableForItsOwnMacro) {
  const AccessEnergy energy = kTable.of_word({1024, 64});
  EXPECT_DOUBLE_EQ(energy.read.count(), 10);
  EXPECT_DOUBLE_EQ(energy.write.count(), 12);
}

TEST(AccessEnergy, FollowsTheSizeOfTheMacro) {
  EXPECT_NEAR(kTable.of_word({512, 64}).read.count(), 10 * std::pow(0.5, 0.338), 1e-12);
  EXPECT_NEAR(kTable.of_word({4096, 64}).write.count(), 12 * std::pow(4, 0.338), 1e-12);
}

TEST(AccessEnergy, ReproducesTheRelativeTableItsExponentComesFrom) {
  // A 16-bit access: 6 at 100 KB where 1 at 0.5 KB.
  const double small = kTable.of_word({250, 16}).read.count();
  const double large = kTable.of_word({50000, 16}).read.count();
  EXPECT_NEAR(large / small, 6, 0.01);
}

TEST(AccessEnergy, FollowsTheBitsOfAWordAtEqualSize) {
  EXPECT_NEAR(kTable.of_word({4096, 16}).read.count(), 10.0 / 4, 1e-12);
}

TEST(Leakage, FollowsItsExponent) {
  const Leakage leakage{Milliwatts(2), 3};
  EXPECT_NEAR(leakage.at(VminRatio(0.5)).count(), 0.25, 1e-12);
}

}  // namespace
}  // namespace brownout::memory
