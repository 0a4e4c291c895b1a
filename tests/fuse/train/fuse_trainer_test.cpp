// SPDX-License-Identifier: Apache-2.0
// A generator's training run: broken and resumed it equals an unbroken one, in every mode, and
// what it learns helps.
#include "fuse/train/fuse_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sim/core/error.h"
#include "tests/fuse/train/fuse_fixture.h"
#include "tests/models/train/network_numbers.h"

namespace brownout::fuse {
namespace {

namespace fs = std::filesystem;
using models::testing::numbers;
using models::testing::tiny_dataset;

const auto kIgnore = [](const std::string&) {};

class FuseTrainerTest : public ::testing::Test {
 protected:
  FuseTrainerTest() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("brownout_fuse_") + info->name());
    fs::create_directories(folder_);
    networks_ = {testing::tiny_base(1, train_, folder_), {}, {}};
    config_ = testing::tiny_fuse_config(folder_ / "run.checkpoint");
  }
  ~FuseTrainerTest() override { fs::remove_all(folder_); }

  /// What was learnt, as numbers.
  static std::vector<float> learnt(const FuseTrainer& trainer) {
    return numbers(trainer.network());
  }

  /// Unbroken, and broken after each of `stops`.
  void expect_resumable(const std::vector<std::int64_t>& stops) {
    FuseTrainer unbroken(config_, networks_, train_);
    ASSERT_TRUE(unbroken.run(0, kIgnore));
    fs::remove(config_.checkpoint);
    for (const std::int64_t stop : stops) {
      FuseTrainer part(config_, networks_, train_);
      if (fs::exists(config_.checkpoint)) part.restore(config_.checkpoint);
      EXPECT_FALSE(part.run(stop, kIgnore));
      EXPECT_EQ(part.step(), stop);
    }
    FuseTrainer resumed(config_, networks_, train_);
    resumed.restore(config_.checkpoint);
    ASSERT_TRUE(resumed.run(0, kIgnore));
    EXPECT_EQ(learnt(resumed), learnt(unbroken));
    EXPECT_EQ(resumed.step(), unbroken.step());
  }

  fs::path folder_;
  const models::Dataset train_ = tiny_dataset(96, 1);
  FrozenNetworks networks_;
  TrainFuseConfig config_{accel::small_machine(4, 5, 8)};
};

TEST_F(FuseTrainerTest, AResumedRunEndsWithTheBitsOfAnUnbrokenOne) { expect_resumable({3, 7}); }

TEST_F(FuseTrainerTest, AlsoWithAllThatIsOptional) {
  config_.pretraining = {PretrainingConfig::Kind::kDistillation, 1};
  config_.faults.rates = {0.005, 0.02};
  config_.faults.curriculum_from = 0.001;
  config_.objective.sharing = ChipSharing::kChunk;
  config_.objective.late_perturbed = 5;
  config_.objective.late_share = 0.3;
  config_.optimization.decay = true;
  config_.optimization.rounded_activations = true;
  config_.augmentation = {1, true};
  config_.held_out.patience = 1;
  networks_.surrogates = {testing::tiny_base(2, train_, folder_),
                          testing::tiny_base(3, train_, folder_)};
  expect_resumable({2, 5, 11});
}

TEST_F(FuseTrainerTest, AlsoOneImageForAllInputs) {
  config_.generator.zoo.clear();
  expect_resumable({4});
}

TEST_F(FuseTrainerTest, GoesOnFromATrainedGenerator) {
  FuseTrainer first(config_, networks_, train_);
  ASSERT_TRUE(first.run(0, kIgnore));
  const models::FloatNetwork trained = first.network();
  networks_.start =
      models::quantize_trained(trained, train_, config_.calibration, config_.quantization);
  config_.seed = 7;
  const models::FloatNetwork started = FuseTrainer(config_, networks_, train_).network();
  const std::vector<float> image(64, 0.25F);
  const std::vector<float> wanted = models::evaluate(trained, image).back();
  const std::vector<float> given = models::evaluate(started, image).back();
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(given[i], wanted[i], 1e-3);
  expect_resumable({4});
  // A run that started elsewhere is another run.
  FuseTrainer other(config_, {networks_.base, {}, {}}, train_);
  EXPECT_THROW(other.restore(config_.checkpoint), InputError);
}

TEST_F(FuseTrainerTest, AGeneratorOfAnotherKindIsNoStart) {
  FuseTrainer first(config_, networks_, train_);
  networks_.start =
      models::quantize_trained(first.network(), train_, config_.calibration, config_.quantization);
  config_.generator.zoo = "conv_s";
  try {
    const FuseTrainer trainer(config_, networks_, train_);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()).rfind("generator.start: ", 0), 0U) << error.what();
    EXPECT_NE(std::string(error.what()).find("allowed: "), std::string::npos);
  }
}

TEST_F(FuseTrainerTest, ACheckpointOfAnotherRunIsRefused) {
  FuseTrainer(config_, networks_, train_).run(2, kIgnore);
  config_.objective.lambda = 1;
  FuseTrainer other(config_, networks_, train_);
  EXPECT_THROW(other.restore(config_.checkpoint), InputError);
  networks_.base = testing::tiny_base(2, train_, folder_);
  config_.objective.lambda = 5;
  FuseTrainer another_base(config_, networks_, train_);
  EXPECT_THROW(another_base.restore(config_.checkpoint), InputError);
}

TEST_F(FuseTrainerTest, StopsWhenNothingIsGained) {
  config_.optimization.epochs = 50;
  config_.optimization.learning_rate = 1e-12;
  config_.held_out.patience = 2;
  FuseTrainer trainer(config_, networks_, train_);
  ASSERT_TRUE(trainer.run(0, kIgnore));
  EXPECT_LT(trainer.step(), 50 * 5);
  EXPECT_NE(trainer.history().find("no gain since epoch"), std::string::npos);
}

TEST_F(FuseTrainerTest, TheTimeLeftIsThatOfThePresentPhase) {
  config_.pretraining = {PretrainingConfig::Kind::kClassifier, 2};
  std::string before;
  std::string after;
  FuseTrainer trainer(config_, networks_, train_);
  ASSERT_TRUE(trainer.run(0, [&](const std::string& line) {
    if (line.rfind("pre-training ", 0) == 0) before = line;
    if (line.rfind("epoch ", 0) == 0) after = line;
  }));
  EXPECT_THAT(before, ::testing::EndsWith(" 0 s left of pre-training"));
  EXPECT_THAT(after, ::testing::EndsWith(" 0 s left"));
}

TEST_F(FuseTrainerTest, NetworksThatDoNotFitTheImagesAreNamed) {
  models::Dataset wide = models::pad_images(train_, 16);
  try {
    const FuseTrainer trainer(config_, networks_, wide);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("1x8x8"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("1x16x16"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace brownout::fuse
