// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/fuse_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "fuse/train/chip_source.h"
#include "tests/accel/machine_fixture.h"

namespace brownout::fuse {
namespace {

constexpr std::int64_t kSteps = 1000;

TrainFuseConfig config() {
  TrainFuseConfig c{accel::small_machine(4, 4, 4)};
  c.faults.rail = "filter";
  c.faults.rates = {0.01};
  return c;
}

double rate(const TrainFuseConfig& c, std::int64_t step) {
  return c.machine.memory.curve.bit_error_rate(step_chips(c, step, kSteps).voltage);
}

TEST(StepChips, AreFreshEveryStepAndApartFromThoseThatMeasure) {
  TrainFuseConfig c = config();
  c.objective.late_perturbed = 15;
  c.objective.late_share = 0.5;
  std::set<std::uint64_t> seen;
  std::size_t drawn = 0;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    const StepChips chips = step_chips(c, step, kSteps);
    EXPECT_EQ(chips.numbers.size(), step < kSteps / 2 ? 10U : 15U);
    seen.insert(chips.numbers.begin(), chips.numbers.end());
    drawn += chips.numbers.size();
  }
  EXPECT_EQ(seen.size(), drawn);
  EXPECT_GE(*seen.begin(), c.faults.first_chip);
  // Under ibm_random a chip uses its number and the next one as seeds.
  EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](auto n) { return n % 2 == 0; }));
}

TEST(StepChips, ARangeOfRatesIsDrawnEvenlyOnALogarithmicScale) {
  TrainFuseConfig c = config();
  c.faults.rates = {0.001, 0.01};
  int below = 0;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    const double r = rate(c, step);
    ASSERT_GE(r, 0.001 * (1 - 1e-6));
    ASSERT_LE(r, 0.01 * (1 + 1e-6));
    if (r < 0.00316) ++below;
  }
  EXPECT_NEAR(below, 500, 80);
  EXPECT_EQ(rate(c, 17), rate(c, 17));
  c.seed = 2;
  EXPECT_NE(rate(c, 17), rate(config(), 17));
}

TEST(StepChips, ACurriculumClimbsToTheRate) {
  TrainFuseConfig c = config();
  c.faults.curriculum_from = 0.001;
  c.faults.curriculum_share = 0.5;
  EXPECT_NEAR(rate(c, 0), 0.001, 1e-6);
  EXPECT_NEAR(rate(c, 250), std::sqrt(0.001 * 0.01), 1e-5);
  EXPECT_NEAR(rate(c, 500), 0.01, 1e-6);
  EXPECT_NEAR(rate(c, 999), 0.01, 1e-6);
}

TEST(StepChips, VoltagesAreDrawnFromTheirList) {
  TrainFuseConfig c = config();
  c.faults.rates.clear();
  c.faults.voltages = {VminRatio(0.8), VminRatio(0.9)};
  int low = 0;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    if (step_chips(c, step, kSteps).voltage == VminRatio(0.8)) ++low;
  }
  EXPECT_NEAR(low, 500, 80);
  EXPECT_EQ(lowest_voltage(c), VminRatio(0.8));
}

TEST(StepChips, AKnownChipIsTheOnlyOne) {
  TrainFuseConfig c = config();
  c.faults.known_chip = 3;
  EXPECT_EQ(step_chips(c, 40, kSteps).numbers, std::vector<std::uint64_t>{3});
}

TEST(FuseFingerprint, ChangesWithWhatChangesTheWeightsAndNothingElse) {
  models::Dataset data;
  data.name = "d";
  data.shape = {1, 8, 8};
  const std::string mark = fuse_fingerprint(config(), data, 1, "n");
  TrainFuseConfig other = config();
  other.checkpoint = "elsewhere";
  other.evaluation.chips = 3;
  other.calibration.images = 7;
  EXPECT_EQ(fuse_fingerprint(other, data, 1, "n"), mark);
  other.objective.lambda = 1;
  EXPECT_NE(fuse_fingerprint(other, data, 1, "n"), mark);
  other = config();
  other.objective.temperature = 2;
  EXPECT_NE(fuse_fingerprint(other, data, 1, "n"), mark);
  EXPECT_NE(fuse_fingerprint(config(), data, 2, "n"), mark);
  EXPECT_NE(fuse_fingerprint(config(), data, 1, "m"), mark);
}

}  // namespace
}  // namespace brownout::fuse
