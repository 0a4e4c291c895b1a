// SPDX-License-Identifier: Apache-2.0
// The differentiable network is the integer one, up to the rounding of float32.
#include "fuse/train/differentiable_graph.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "models/data/input_encoder.h"
#include "models/onnx/import.h"
#include "models/reference.h"
#include "models/train/tensors.h"
#include "tests/support/random_graph.h"

namespace brownout::fuse {
namespace {

/// Codes in HWC order as the NCHW real values they stand for.
torch::Tensor real_values(const models::Tensor& tensor, const std::vector<std::uint8_t>& codes) {
  const models::Shape& s = tensor.shape;
  torch::Tensor hwc = torch::empty({1, s.height, s.width, s.channels});
  for (std::size_t i = 0; i < codes.size(); ++i) {
    hwc.data_ptr<float>()[i] =
        static_cast<float>(tensor.scale.front() * (codes[i] - tensor.zero_point));
  }
  return hwc.permute({0, 3, 1, 2});
}

/// Random networks give every tensor a scale of its own; operations that only choose or move codes
/// keep theirs.
models::Graph with_kept_scales(models::Graph graph) {
  for (const models::Node& node : graph.nodes) {
    const models::Operation& op = node.operation;
    if (std::holds_alternative<models::MaxPool>(op) || std::holds_alternative<models::Relu>(op) ||
        std::holds_alternative<models::Flatten>(op) ||
        std::holds_alternative<models::Rearrange>(op)) {
      graph.tensors[node.output.value()].scale = graph.tensor(node.inputs.front()).scale;
    }
  }
  return graph;
}

/// Steps of the output between the two, the largest over its elements.
double distance(const models::Graph& graph, const std::vector<std::uint8_t>& input) {
  const DifferentiableGraph differentiable(graph, torch::kFloat32, true);
  const torch::NoGradGuard no_gradients;
  const models::Tensor& out = graph.tensor(graph.output);
  const torch::Tensor real =
      differentiable
          .forward(real_values(graph.tensor(graph.input), input), differentiable.clean_weights())
          .view({out.shape.channels, out.shape.height, out.shape.width})
          .permute({1, 2, 0})
          .contiguous();
  const auto expected = models::run_reference(graph, input).logits;
  double largest = 0;
  double magnitude = 1;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double scale = out.scale[out.scale.size() == 1 ? 0 : i % out.scale.size()];
    const auto found = static_cast<double>(real.data_ptr<float>()[i]) / scale;
    largest = std::max(largest, std::fabs(found - expected[i]));
    magnitude = std::max(magnitude, std::fabs(static_cast<double>(expected[i])));
  }
  // Accumulators are sums of float32 numbers, codes whole steps.
  return out.type == models::ElementType::kInt32 ? largest / magnitude * 255 : largest;
}

TEST(DifferentiableGraph, EqualsTheIntegerNetworkOnRandomNetworks) {
  test_support::RandomGraphLimits limits;
  limits.extreme_numbers = false;
  limits.max_macs = 2'000'000;
  int exact = 0;
  int close = 0;
  std::string far;
  constexpr int kNetworks = 200;
  for (std::uint64_t seed = 1; seed <= kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    const models::Graph graph = with_kept_scales(test_support::random_graph(seed, limits));
    const double steps = distance(graph, test_support::random_input(graph, seed));
    if (steps < 0.01) ++exact;
    if (steps <= 2.01) {
      ++close;
    } else {
      far += fmt::format("\nseed {}: {} steps,", seed, steps);
      for (const models::Node& node : graph.nodes) {
        far += std::string(" ") + models::operation_name(node.operation);
      }
    }
  }
  EXPECT_GT(exact, kNetworks * 95 / 100);
  EXPECT_GT(close, kNetworks * 97 / 100) << far;
}

class ShippedNetworkTest : public ::testing::Test {
 protected:
  static models::Dataset images(std::size_t count) {
    models::DatasetConfig config;
    config.pad_to = 32;
    return models::first_images(models::load_dataset(config), count);
  }
  const models::Graph graph_ = models::load_onnx(std::filesystem::path(BROWNOUT_SOURCE_DIR) /
                                                 "models/zoo/fashion_resnet.onnx");
};

TEST_F(ShippedNetworkTest, DecidesAsTheIntegerNetworkAndAboutAsWellInBfloat16) {
  constexpr std::size_t kImages = 60;
  const models::Dataset data = images(kImages);
  const models::InputEncoder encoder(graph_);
  const torch::Tensor bytes = models::byte_batch(
      {data.pixels.begin(),
       data.pixels.begin() + static_cast<std::ptrdiff_t>(kImages * data.shape.elements())},
      data.shape);
  const torch::NoGradGuard no_gradients;
  struct Variant {
    torch::ScalarType type;
    bool rounded;
    std::size_t least;
  };
  for (const Variant v :
       {Variant{torch::kFloat32, true, kImages}, Variant{torch::kFloat32, false, kImages - 2},
        Variant{torch::kBFloat16, false, kImages - 3}}) {
    const DifferentiableGraph differentiable(graph_, v.type, v.rounded);
    const torch::Tensor classes =
        differentiable.forward(differentiable.preprocessed(bytes), differentiable.clean_weights())
            .argmax(1);
    std::size_t same = 0;
    for (std::size_t i = 0; i < kImages; ++i) {
      const auto logits = models::run_reference(graph_, encoder.encode(data, i)).logits;
      if (classes[static_cast<std::int64_t>(i)].item<std::int64_t>() ==
          models::classify(graph_, logits)) {
        ++same;
      }
    }
    EXPECT_GE(same, v.least) << "rounded " << v.rounded;
  }
}

TEST_F(ShippedNetworkTest, ItsGradientIsThatOfDifferences) {
  const models::Dataset data = images(1);
  const DifferentiableGraph differentiable(graph_, torch::kFloat32, false);
  const auto weights = differentiable.clean_weights();
  const torch::Tensor labels = models::to_labels({(data.labels[0] + 1) % 10});
  const auto loss = [&](const torch::Tensor& bytes) {
    return torch::nn::functional::cross_entropy(
        differentiable.forward(differentiable.preprocessed(bytes), weights), labels);
  };
  const torch::Tensor bytes = models::byte_batch(data.pixels, data.shape).requires_grad_();
  loss(bytes).backward();
  torch::manual_seed(1);
  for (int i = 0; i < 5; ++i) {
    const torch::Tensor direction = torch::randn_like(bytes);
    const double slope = (bytes.grad() * direction).sum().item<double>();
    const torch::NoGradGuard no_gradients;
    constexpr double kStep = 0.02;
    const double difference =
        (loss(bytes + kStep * direction) - loss(bytes - kStep * direction)).item<double>() /
        (2 * kStep);
    EXPECT_NEAR(difference, slope, 0.1 * std::fabs(slope) + 2e-3);
  }
}

}  // namespace
}  // namespace brownout::fuse
