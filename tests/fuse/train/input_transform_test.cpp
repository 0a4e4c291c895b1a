// SPDX-License-Identifier: Apache-2.0
// A generator that begins as what another network's generator was.
#include "fuse/train/input_transform.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "models/train/tensors.h"
#include "sim/core/error.h"
#include "tests/fuse/train/fuse_fixture.h"

namespace brownout::fuse {
namespace {

class AdoptionTest : public ::testing::Test {
 protected:
  AdoptionTest() {
    // Batch norm of a few steps, so that its statistics are neither 0 nor 1.
    transform_.train();
    const torch::NoGradGuard no_gradients;
    for (int step = 0; step < 20; ++step) transform_.forward(bytes_, false);
    transform_.eval();
    models::FloatNetwork learnt = transform_.exported();
    learnt.preprocessing = transform_.coding().preprocessing;
    trained_ = models::quantize_trained(learnt, images_, config_.calibration, config_.quantization);
  }

  [[nodiscard]] InputTransform transform(const models::Graph& base) const {
    torch::manual_seed(4);
    return {config_.generator, images_.shape, image_coding(base), std::nullopt};
  }

  /// What is added to the images in front of `base`, in codes, by a transform that adopted.
  [[nodiscard]] torch::Tensor added(const models::Graph& base, bool training) const {
    InputTransform adopted = transform(base);
    adopted.adopt(trained_, bytes_);
    adopted.train(training);
    const torch::NoGradGuard no_gradients;
    return (adopted.forward(bytes_, false) - bytes_) * models::per_channel(adopted.coding().factor);
  }

  const models::Dataset images_ = models::testing::tiny_dataset(96, 1);
  const torch::Tensor bytes_ = models::byte_batch(images_.pixels, images_.shape);
  const TrainFuseConfig config_ = testing::tiny_fuse_config("");
  const models::Graph base_ =
      testing::tiny_base(1, images_, std::filesystem::temp_directory_path());
  InputTransform transform_ = transform(base_);
  models::Graph trained_;
};

TEST_F(AdoptionTest, OtherNumbersMakeLessOfADifferenceInTraining) {
  models::Graph darker = base_;
  darker.preprocessing.mean.front() += 0.05;
  darker.preprocessing.deviation.front() *= 1.1;
  const torch::Tensor own = added(base_, false);
  const auto difference = [&](const torch::Tensor& other) {
    return (other - own).abs().mean().item<double>();
  };
  const double size = own.abs().mean().item<double>();
  EXPECT_GT(size, 1);
  EXPECT_LT(difference(added(base_, true)), 1e-3 * size);
  // What padding adds is as it was: it makes up the rest.
  EXPECT_LT(difference(added(darker, true)), 0.6 * difference(added(darker, false)));
}

TEST_F(AdoptionTest, ImagesOfOtherChannelsAreRefused) {
  trained_.preprocessing = {{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}};
  InputTransform adopting = transform(base_);
  EXPECT_THROW(adopting.adopt(trained_, bytes_), InputError);
}

}  // namespace
}  // namespace brownout::fuse
