// SPDX-License-Identifier: Apache-2.0
// Sweeps of random networks against the scalar reference.
#include "sim/sweep/runner.h"

#include <gtest/gtest.h>

#include "sim/sweep/single_run.h"
#include "tests/sweep/random_experiment.h"
#include "tests/sweep/results_fixture.h"

namespace brownout::sweep {
namespace {

class RunnerTest : public FolderTest {
 protected:
  [[nodiscard]] Results sweep(const Experiment& experiment, const std::string& name,
                              std::size_t jobs) const {
    const SweepPlan plan = plan_sweep(experiment);
    ResultsFolder results(folder() / name, OpenMode::kNew, small_manifest(), plan.points);
    Progress last;
    run_sweep(experiment, plan, results, jobs, [&](const Progress& now) { last = now; });
    EXPECT_EQ(last.points_done, plan.points.size());
    EXPECT_EQ(last.images_done, last.images);
    return read_results(folder() / name);
  }
};

TEST_F(RunnerTest, FaultFreePointsEqualTheReference) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Experiment experiment = random_experiment(seed);
    const std::string name = std::to_string(seed);
    const Results results = sweep(experiment, name, 1 + seed % 3);
    ASSERT_EQ(results.points.size(), 7U) << "seed " << seed;
    for (const PointResult& result : results.points) {
      if (result.point.voltage == VminRatio(1)) {
        EXPECT_EQ(result.correct, result.point.images) << "seed " << seed;
      }
    }
    static_cast<void>(sweep(experiment, name + "x", 2));
    EXPECT_EQ(read(name + "/points.csv"), read(name + "x/points.csv")) << "seed " << seed;
  }
}

TEST_F(RunnerTest, RowsOfOtherWorkAreNotContinued) {
  const Experiment experiment = random_experiment(1);
  static_cast<void>(sweep(experiment, "r", 2));
  const SweepPlan plan = plan_sweep(experiment);
  const auto resume = [&] {
    ResultsFolder results(folder() / "r", OpenMode::kResume, small_manifest(), plan.points);
    run_sweep(experiment, plan, results, 1, [](const Progress&) {});
  };
  const std::string points = read("r/points.csv");
  EXPECT_EQ(input_error(resume), "");
  EXPECT_EQ(read("r/points.csv"), points);
  std::string other = points;
  other.replace(other.rfind(",fast,"), 6, ",slow,");
  write("r/points.csv", other);
  EXPECT_EQ(input_error(resume),
            path("r/points.csv") + ":8: column 'engine' is 'slow', this sweep gives 'fast'");
  EXPECT_EQ(read("r/points.csv"), other);
}

TEST_F(RunnerTest, BothEnginesAgreeOnFaultyPoints) {
  double flipped = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Experiment experiment = random_experiment(seed);
    experiment.config.rails = accel::rails(0.85, 0.8, 0.82);
    const Observer ignore = [](const Progress&) {};
    const SingleRun both = run_single(experiment, Engine::kBoth, ignore);
    const SingleRun fast = run_single(experiment, Engine::kFast, ignore);
    ASSERT_TRUE(both.agreement.has_value());
    EXPECT_EQ(both.agreement->images, 6U);
    EXPECT_EQ(both.result.correct, fast.result.correct) << "seed " << seed;
    EXPECT_EQ(both.result.energies, fast.result.energies) << "seed " << seed;
    EXPECT_EQ(both.result.flipped_weight_bits, fast.result.flipped_weight_bits);
    flipped += fast.result.flipped_weight_bits / 10;
    EXPECT_EQ(fast.result.point.voltage, VminRatio(0.8));
  }
  EXPECT_NEAR(flipped, 0.015, 0.01) << "about half of 3 % of the cells";
}

}  // namespace
}  // namespace brownout::sweep
