// SPDX-License-Identifier: Apache-2.0
#include "models/train/schedule.h"

#include <gtest/gtest.h>

#include "tests/models/train/tiny_dataset.h"

namespace brownout::models {
namespace {

TEST(LearningRate, ClimbsLinearlyThenFallsAlongACosine) {
  OptimizationConfig config;
  config.learning_rate = 0.4;
  config.warmup = 0.2;
  config.epochs = 4;
  EXPECT_DOUBLE_EQ(learning_rate(config, 0, 25), 0.0);
  EXPECT_DOUBLE_EQ(learning_rate(config, 10, 25), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate(config, 20, 25), 0.4);
  EXPECT_NEAR(learning_rate(config, 60, 25), 0.2, 1e-12);
  EXPECT_NEAR(learning_rate(config, 100, 25), 0.0, 1e-12);
}

TEST(LearningRate, RestartsAreFurtherCyclesThatLeaveTheFirstAsItWas) {
  OptimizationConfig config;
  config.epochs = 3;
  OptimizationConfig restarted = config;
  restarted.restarts = {{2, 0.03}, {1, 0.01}};
  for (std::int64_t step = 0; step < 30; ++step) {
    EXPECT_EQ(learning_rate(restarted, step, 10), learning_rate(config, step, 10));
  }
  OptimizationConfig second = config;
  second.epochs = 2;
  second.learning_rate = 0.03;
  for (std::int64_t step = 0; step < 20; ++step) {
    EXPECT_EQ(learning_rate(restarted, 30 + step, 10), learning_rate(second, step, 10));
  }
  second.epochs = 1;
  second.learning_rate = 0.01;
  for (std::int64_t step = 0; step <= 10; ++step) {
    EXPECT_EQ(learning_rate(restarted, 50 + step, 10), learning_rate(second, step, 10));
  }
}

TEST(LearningRate, WarmupMayBeNothingOrEverything) {
  OptimizationConfig config;
  config.epochs = 2;
  config.warmup = 0.0;
  EXPECT_DOUBLE_EQ(learning_rate(config, 0, 10), config.learning_rate);
  config.warmup = 1.0;
  EXPECT_DOUBLE_EQ(learning_rate(config, 10, 10), config.learning_rate / 2);
}

TEST(Precision, AnExplicitChoiceHoldsOnEveryProcessor) {
  EXPECT_TRUE(uses_bfloat16(Precision::kBfloat16));
  EXPECT_FALSE(uses_bfloat16(Precision::kFloat32));
}

TEST(RunFingerprint, ChangesWithWhatChangesTheWeightsAndNothingElse) {
  const Dataset data = testing::tiny_dataset(4, 1);
  const TrainBaseConfig config = testing::tiny_config("x");
  const std::string mark = run_fingerprint(config, data, 1);
  TrainBaseConfig other = config;
  other.checkpoint = "elsewhere";
  other.quantization.weight_bits = 4;
  other.calibration.images = 7;
  EXPECT_EQ(run_fingerprint(other, data, 1), mark);
  other.augmentation.flip = !other.augmentation.flip;
  EXPECT_NE(run_fingerprint(other, data, 1), mark);
  EXPECT_NE(run_fingerprint(config, data, 2), mark);
}

}  // namespace
}  // namespace brownout::models
