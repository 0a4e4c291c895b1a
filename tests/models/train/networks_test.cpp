// SPDX-License-Identifier: Apache-2.0
// The networks that ship as configs learn, and survive an interruption, on a few images.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>

#include "models/train/trainer.h"
#include "sim/config/document.h"
#include "tests/models/train/network_numbers.h"

namespace brownout::models {
namespace {

namespace fs = std::filesystem;

/// Two classes of 32 x 32 images: a red upper or a blue lower half, in noise.
Dataset coloured_halves(std::size_t count, unsigned seed) {
  constexpr std::size_t kPlane = 1024;
  std::mt19937 rng(seed);
  std::uniform_int_distribution<int> noise(0, 100);
  Dataset dataset;
  dataset.name = "halves";
  dataset.shape = {3, 32, 32};
  dataset.class_names = {"red", "blue"};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t label = i % 2;
    for (std::size_t pixel = 0; pixel < 3 * kPlane; ++pixel) {
      const bool bright = pixel / kPlane == 2 * label && pixel % kPlane / (kPlane / 2) == label;
      dataset.pixels.push_back(static_cast<std::uint8_t>(noise(rng) + (bright ? 150 : 0)));
    }
    dataset.labels.push_back(static_cast<int>(label));
  }
  return dataset;
}

class ShippedNetworkTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    // Tests of one network run side by side.
    const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string("brownout_") + test.test_suite_name() + "_" + test.name();
    std::replace(name.begin(), name.end(), '/', '_');
    folder_ = fs::temp_directory_path() / name;
    fs::create_directories(folder_);
    const auto file =
        fs::path(BROWNOUT_SOURCE_DIR) / "configs/train" / (std::string(GetParam()) + ".yaml");
    config::Document document = config::Document::load(file, {});
    config_ = read_train_base_config(document.root());
    document.finish();
    config_.checkpoint = folder_ / "run.checkpoint";
    config_.optimization.epochs = 1;
    config_.optimization.restarts.clear();
    config_.optimization.batch = 10;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  TrainBaseConfig config_;
  const Dataset train_ = coloured_halves(120, 1);
  const Dataset test_ = coloured_halves(20, 2);
};

/// Percentage behind `word` in an epoch line.
double share(const std::string& line, const std::string& word) {
  return std::stod(line.substr(line.find(word) + word.size()));
}

TEST_P(ShippedNetworkTest, LearnsInOneEpoch) {
  EXPECT_TRUE(config_.optimization.quantized_weights);
  config_.optimization.learning_rate = 0.005;  // for a batch of 10
  Trainer trainer(config_, train_, test_);
  ASSERT_TRUE(trainer.run(0, [](const std::string&) {}));
  // After twelve steps one lags for its early images, the other for batch norm's running
  // statistics.
  const std::string& line = trainer.history();
  EXPECT_GT(std::max(share(line, "train "), share(line, "test ")), 75.0) << line;  // chance: 50
}

/// Two of them: checkpoints of the others differ in size only.
class InterruptedNetworkTest : public ShippedNetworkTest {};

TEST_P(InterruptedNetworkTest, AResumedRunEndsWithTheBitsOfAnUnbrokenOne) {
  const Dataset few = coloured_halves(30, 1);
  const auto ignore = [](const std::string&) {};
  Trainer unbroken(config_, few, test_);
  ASSERT_TRUE(unbroken.run(0, ignore));
  fs::remove(config_.checkpoint);
  EXPECT_FALSE(Trainer(config_, few, test_).run(1, ignore));
  Trainer resumed(config_, few, test_);
  resumed.restore(config_.checkpoint);
  EXPECT_EQ(resumed.step(), 1);
  ASSERT_TRUE(resumed.run(0, ignore));
  EXPECT_EQ(testing::numbers(resumed.network()), testing::numbers(unbroken.network()));
}

std::string own_name(const ::testing::TestParamInfo<const char*>& network) { return network.param; }

INSTANTIATE_TEST_SUITE_P(Each, ShippedNetworkTest,
                         ::testing::Values("vgg11_cifar10", "vgg16_cifar10", "vgg19_cifar10",
                                           "resnet18_cifar10", "resnet50_cifar10"),
                         own_name);
INSTANTIATE_TEST_SUITE_P(Each, InterruptedNetworkTest,
                         ::testing::Values("vgg11_cifar10", "resnet18_cifar10"), own_name);

}  // namespace
}  // namespace brownout::models
