// SPDX-License-Identifier: Apache-2.0
#include "models/train/straight_through.h"

#include <gtest/gtest.h>

#include <vector>

#include "models/quantizer/quantize.h"

namespace brownout::models {
namespace {

/// A linear layer of 6 outputs over a 4-channel pixel.
FloatNetwork linear_network(const torch::Tensor& weights) {
  FloatConv linear;
  linear.outputs = 6;
  const torch::Tensor flat = weights.contiguous();
  linear.weights = {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
  FloatNetwork network;
  network.input = {4, 1, 1};
  network.preprocessing = {{0, 0, 0, 0}, {1, 1, 1, 1}};
  network.nodes.push_back({"linear", linear, {0}});
  return network;
}

TEST(RoundWeights, GivesWhatTheQuantiserStores) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    torch::manual_seed(seed);
    const torch::Tensor weights = torch::randn({6, 4});
    const QuantizeConfig config{2 + static_cast<int>(seed % 7), seed % 2 == 1};
    const torch::Tensor rounded = round_weights(weights, config);
    for (const torch::Tensor& source : {weights, rounded}) {
      const Graph graph = quantize(linear_network(source), {{0, 1}, {-1, 1}}, config);
      const Conv& conv = std::get<Conv>(graph.nodes.front().operation);
      for (std::size_t i = 0; i < conv.weights.size(); ++i) {
        const double step = conv.weight_scale[conv.weight_scale.size() == 1 ? 0 : i / 4];
        const auto row = static_cast<std::int64_t>(i / 4);
        const auto column = static_cast<std::int64_t>(i % 4);
        EXPECT_NEAR(rounded[row][column].item<double>(), conv.weights[i] * step, 1e-6)
            << "seed " << seed << ", weight " << i;
      }
    }
  }
}

TEST(RoundWeights, LetsGradientsPass) {
  const torch::Tensor weights = torch::randn({3, 2, 3, 3}).requires_grad_();
  const torch::Tensor factor = torch::randn({3, 2, 3, 3});
  (round_weights(weights, {4, true}) * factor).sum().backward();
  EXPECT_TRUE(torch::equal(weights.grad(), factor));
}

TEST(RoundWeights, KeepsZeros) {
  const torch::Tensor zeros = torch::zeros({2, 3});
  EXPECT_TRUE(torch::equal(round_weights(zeros, {8, false}), zeros));
  EXPECT_TRUE(torch::equal(round_weights(zeros, {8, true}), zeros));
}

}  // namespace
}  // namespace brownout::models
