// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/float_network.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/core/error.h"
#include "tests/models/quantizer/random_float_network.h"

namespace brownout::models {
namespace {

/// 3x3 kernel of ones over a 2 x 2 image whose two channels hold 1..4 and ten times that.
FloatNetwork network_of_ones() {
  FloatNetwork network;
  network.input = {2, 2, 2};
  network.preprocessing = {{0, 0}, {1, 1}};
  FloatConv conv;
  conv.window = {3, 3, 1, 1, 1, 1, 1, 1, 1, 1};
  conv.outputs = 1;
  conv.weights.assign(18, 1.0F);
  network.nodes.push_back({"conv", conv, {0}});
  return network;
}
const std::vector<float> kImage = {1, 10, 2, 20, 3, 30, 4, 40};

TEST(FloatNetwork, ConvolutionSumsTheWindowOverAllChannels) {
  const auto values = evaluate(network_of_ones(), kImage);
  EXPECT_EQ(values.at(1), (std::vector<float>{110, 110, 110, 110}));
}

TEST(FloatNetwork, WeightsAreInOnnxOrder) {
  FloatNetwork network = network_of_ones();
  auto& conv = std::get<FloatConv>(network.nodes[0].operation);
  conv.weights.assign(18, 0.0F);
  conv.weights[9 + 5] = 1.0F;  // channel 1, row 1, column 2: the neighbour to the right
  EXPECT_EQ(evaluate(network, kImage).at(1), (std::vector<float>{20, 0, 40, 0}));
}

TEST(FloatNetwork, BatchNormFollowsTheConvolution) {
  FloatNetwork network = network_of_ones();
  auto& conv = std::get<FloatConv>(network.nodes[0].operation);
  conv.bias = {10};
  conv.batch_norm = BatchNorm{{-2}, {3}, {100}, {4}, 0.0};
  EXPECT_EQ(evaluate(network, kImage).at(1).front(), -2.0F * (110 + 10 - 100) / 2.0F + 3);
  conv.relu = true;
  EXPECT_EQ(evaluate(network, kImage).at(1).front(), 0.0F);
}

TEST(FloatNetwork, PoolAveragesAndAdditionAdds) {
  FloatNetwork network;
  network.input = {2, 2, 2};
  FloatAveragePool pool;
  pool.window.kernel_h = pool.window.kernel_w = 2;
  network.nodes.push_back({"sum", FloatAdd{}, {0, 0}});
  network.nodes.push_back({"pool", pool, {1}});
  EXPECT_EQ(evaluate(network, kImage).at(2), (std::vector<float>{5, 50}));
}

TEST(FloatNetwork, MaximaIgnoreThePadding) {
  FloatNetwork network;
  network.input = {2, 2, 2};
  FloatMaxPool pool;
  pool.window.kernel_h = pool.window.kernel_w = 2;
  pool.window.stride_h = pool.window.stride_w = 2;
  pool.window.pad_top = pool.window.pad_left = 1;
  pool.window.pad_bottom = pool.window.pad_right = 1;
  network.nodes.push_back({"pool", pool, {0}});
  const std::vector<float> image = {-1, 10, -2, 20, -3, 30, -4, 40};
  EXPECT_EQ(evaluate(network, image).at(1), image);  // one pixel under each window
  pool.window.pad_top = pool.window.pad_left = 0;
  pool.window.pad_bottom = pool.window.pad_right = 0;
  network.nodes.front().operation = pool;
  EXPECT_EQ(evaluate(network, image).at(1), (std::vector<float>{-1, 40}));
}

TEST(FloatNetwork, FoldingKeepsTheFunction) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const FloatNetwork network = testing::random_network(seed);
    const FloatNetwork folded = fold_batch_norm(network);
    std::mt19937 rng(seed);
    const auto image = testing::random_image(rng, network);
    const auto expected = evaluate(network, image);
    const auto actual = evaluate(folded, image);
    for (std::size_t i = 0; i < expected.back().size(); ++i) {
      EXPECT_NEAR(actual.back()[i], expected.back()[i], 1e-4) << "seed " << seed;
    }
    EXPECT_FALSE(std::get<FloatConv>(folded.nodes.front().operation).batch_norm);
  }
}

TEST(FloatNetwork, SizesThatDisagreeNameTheNode) {
  FloatNetwork network = network_of_ones();
  std::get<FloatConv>(network.nodes[0].operation).weights.pop_back();
  try {
    static_cast<void>(tensor_shapes(network));
    FAIL() << "a conv with a missing weight was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("'conv'"), std::string::npos) << error.what();
  }
  FloatNetwork bias = network_of_ones();
  std::get<FloatConv>(bias.nodes[0].operation).bias = {1, 2};
  EXPECT_THROW(static_cast<void>(tensor_shapes(bias)), InputError);
  FloatNetwork forward = network_of_ones();
  forward.nodes[0].inputs = {1};
  EXPECT_THROW(static_cast<void>(tensor_shapes(forward)), InputError);
  EXPECT_THROW(static_cast<void>(evaluate(network_of_ones(), {1, 2})), InputError);
}

}  // namespace
}  // namespace brownout::models
