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
  EXPECT_DOUBLE_EQ(learning_rate(config, 0.0), 0.0);
  EXPECT_DOUBLE_EQ(learning_rate(config, 0.1), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate(config, 0.2), 0.4);
  EXPECT_NEAR(learning_rate(config, 0.6), 0.2, 1e-12);
  EXPECT_NEAR(learning_rate(config, 1.0), 0.0, 1e-12);
}

TEST(LearningRate, WarmupMayBeNothingOrEverything) {
  OptimizationConfig config;
  config.warmup = 0.0;
  EXPECT_DOUBLE_EQ(learning_rate(config, 0.0), config.learning_rate);
  config.warmup = 1.0;
  EXPECT_DOUBLE_EQ(learning_rate(config, 0.5), config.learning_rate / 2);
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
