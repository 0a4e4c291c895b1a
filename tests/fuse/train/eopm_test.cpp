// SPDX-License-Identifier: Apache-2.0
// The step's gradients are those of the published loss, written down as one graph.
#include "fuse/train/eopm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "fuse/train/frozen_model.h"
#include "models/train/tensors.h"
#include "tests/fuse/train/fuse_fixture.h"

namespace brownout::fuse {
namespace {

using models::testing::tiny_dataset;

constexpr double kLambda = 5;
constexpr double kTemperature = 1.5;
constexpr double kCleanTemperature = 0.75;

class EopmTest : public ::testing::Test {
 protected:
  EopmTest() : first_(base_, config_), second_(other_, config_) {}
  [[nodiscard]] InputTransform transform() const {
    torch::manual_seed(4);
    InputTransform result(config_.generator, data_.shape, image_coding(base_), std::nullopt);
    result.train();
    return result;
  }
  [[nodiscard]] torch::Tensor bytes() const {
    return models::byte_batch(data_.pixels, data_.shape);
  }
  [[nodiscard]] torch::Tensor labels() const {
    return models::to_labels({data_.labels.begin(), data_.labels.end()});
  }
  static torch::Tensor cross_entropy(const PerturbedModels& model, const torch::Tensor& fused,
                                     const DifferentiableGraph::Weights& weights,
                                     const torch::Tensor& labels) {
    const torch::Tensor logits = model.graph.forward(model.graph.preprocessed(fused), weights);
    const double temperature = &weights == &model.clean ? kCleanTemperature : kTemperature;
    return torch::nn::functional::cross_entropy(logits / temperature, labels);
  }
  static void expect_equal_gradients(InputTransform& a, InputTransform& b) {
    const auto expected = b.named_parameters();
    double largest = 0;
    for (const auto& item : a.named_parameters()) {
      const torch::Tensor& other = expected[item.key()].grad();
      const double scale = 1e-6 + other.abs().max().item<double>();
      EXPECT_LT((item.value().grad() - other).abs().max().item<double>(), 1e-3 * scale)
          << item.key();
      largest = std::max(largest, other.abs().max().item<double>());
    }
    EXPECT_GT(largest, 1e-4);
  }

  const std::filesystem::path folder_ = std::filesystem::temp_directory_path();
  const models::Dataset data_ = tiny_dataset(24, 1);
  const TrainFuseConfig config_ = testing::tiny_fuse_config("");
  const models::Graph base_ = testing::tiny_base(1, data_, folder_);
  const models::Graph other_ = testing::tiny_base(2, data_, folder_);
  FrozenModel first_;
  FrozenModel second_;
  ThreadPool pool_{1};
};

TEST_F(EopmTest, IsTheGradientOfTheWholeLoss) {
  const StepChips chips{VminRatio(0.8), {10, 12, 14}};
  const std::vector<PerturbedModels> models = {first_.perturbed(chips, pool_),
                                               second_.perturbed(chips, pool_)};
  InputTransform step = transform();
  const StepResult result =
      eopm_step(step, models, bytes(), labels(),
                {kLambda, kTemperature, kCleanTemperature, ChipSharing::kStep, false});

  InputTransform whole = transform();
  const torch::Tensor fused = whole.forward(bytes(), false);
  torch::Tensor loss = torch::zeros({});
  double clean = 0;
  double perturbed = 0;
  for (const PerturbedModels& model : models) {
    const torch::Tensor at_nominal = cross_entropy(model, fused, model.clean, labels());
    loss = loss + at_nominal / 2;
    clean += at_nominal.item<double>() / 2;
    for (const auto& weights : model.perturbed) {
      const torch::Tensor on_chip = cross_entropy(model, fused, weights, labels());
      loss = loss + kLambda * on_chip / 6;
      perturbed += on_chip.item<double>() / 6;
    }
  }
  loss.backward();
  expect_equal_gradients(step, whole);
  EXPECT_NEAR(result.clean_loss, clean, 1e-5);
  EXPECT_NEAR(result.perturbed_loss, perturbed, 1e-5);
}

TEST_F(EopmTest, ByChunkEachImageMeetsOneChip) {
  const StepChips chips{VminRatio(0.8), {10, 12, 14}};
  const std::vector<PerturbedModels> models = {first_.perturbed(chips, pool_)};
  InputTransform step = transform();
  eopm_step(step, models, bytes(), labels(),
            {kLambda, kTemperature, kCleanTemperature, ChipSharing::kChunk, false});

  InputTransform whole = transform();
  const torch::Tensor fused = whole.forward(bytes(), false);
  torch::Tensor loss = cross_entropy(models[0], fused, models[0].clean, labels());
  for (std::int64_t i = 0; i < 3; ++i) {
    loss = loss + kLambda / 3 *
                      cross_entropy(models[0], fused.slice(0, 8 * i, 8 * i + 8),
                                    models[0].perturbed[static_cast<std::size_t>(i)],
                                    labels().slice(0, 8 * i, 8 * i + 8));
  }
  loss.backward();
  expect_equal_gradients(step, whole);
}

TEST_F(EopmTest, DealtEachImageMeetsOneNetwork) {
  const StepChips chips{VminRatio(0.8), {10, 12}};
  const std::vector<PerturbedModels> models = {first_.perturbed(chips, pool_)};
  InputTransform step = transform();
  eopm_step(step, models, bytes(), labels(),
            {kLambda, kTemperature, kCleanTemperature, ChipSharing::kDeal, false});

  InputTransform whole = transform();
  const torch::Tensor fused = whole.forward(bytes(), false);
  torch::Tensor loss =
      cross_entropy(models[0], fused.slice(0, 0, 8), models[0].clean, labels().slice(0, 0, 8));
  for (std::int64_t i = 0; i < 2; ++i) {
    loss = loss + kLambda / 2 *
                      cross_entropy(models[0], fused.slice(0, 8 * i + 8, 8 * i + 16),
                                    models[0].perturbed[static_cast<std::size_t>(i)],
                                    labels().slice(0, 8 * i + 8, 8 * i + 16));
  }
  loss.backward();
  expect_equal_gradients(step, whole);
}

TEST_F(EopmTest, ChipsDifferAndTheBaseStaysAsItIs) {
  const auto before = first_.clean();
  const StepChips chips{VminRatio(0.8), {10, 12}};
  const PerturbedModels models = first_.perturbed(chips, pool_);
  InputTransform step = transform();
  eopm_step(step, {models}, bytes(), labels(),
            {kLambda, kTemperature, kCleanTemperature, ChipSharing::kStep, false});
  int differing = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i].defined()) continue;
    EXPECT_TRUE(torch::equal(before[i], first_.clean()[i]));
    EXPECT_FALSE(before[i].requires_grad());
    if (!torch::equal(models.perturbed[0][i], models.perturbed[1][i])) ++differing;
  }
  EXPECT_GT(differing, 0);
}

}  // namespace
}  // namespace brownout::fuse
