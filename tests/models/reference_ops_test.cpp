// SPDX-License-Identifier: Apache-2.0
// The scalar operators against hand-worked numbers and against algebraic identities.
#include "models/reference_ops.h"

#include <gtest/gtest.h>

#include "models/rearrange.h"
#include "models/reference.h"
#include "models/requantize.h"
#include "sim/core/error.h"
#include "tests/support/random_graph.h"

namespace brownout::models {
namespace {

using test_support::random_weights;

Activation activation(Shape shape, int zero_point, std::vector<std::uint8_t> codes) {
  return {shape, zero_point, std::move(codes)};
}

TEST(Conv, PaddingContributesZeroNotTheZeroCode) {
  Conv conv;
  conv.window.kernel_h = conv.window.kernel_w = 3;
  conv.window.pad_top = conv.window.pad_left = conv.window.pad_bottom = conv.window.pad_right = 1;
  conv.weights.assign(9, 1);
  conv.bias = {5};
  const Activation input = activation({1, 2, 2}, 10, {11, 12, 13, 14});
  // Every output sees all four pixels: 1 + 2 + 3 + 4, plus the bias.
  EXPECT_EQ(accumulate_conv(input, conv, conv.weights), (std::vector<std::int32_t>(4, 15)));
}

TEST(Conv, StrideDilationAndChannelOrderFollowOnnx) {
  Conv conv;
  conv.window.kernel_w = 2;
  conv.window.dilation_w = 2;
  conv.window.stride_w = 2;
  conv.weights = {1, 10, 100, -1};  // [out 1][in 2][1][2]
  conv.bias = {0};
  // HWC: pixel x holds channels (x, 10 + x).
  const Activation input = activation({2, 1, 5}, 0, {0, 10, 1, 11, 2, 12, 3, 13, 4, 14});
  // x = 0: 0*1 + 2*10 + 10*100 - 12; x = 2: 2*1 + 4*10 + 12*100 - 14.
  EXPECT_EQ(accumulate_conv(input, conv, conv.weights), (std::vector<std::int32_t>{1008, 1228}));
}

TEST(Conv, GroupsAreSeparateConvolutions) {
  Conv grouped;
  grouped.groups = 2;
  grouped.weights = {1, 2, 3, 4};  // [out 2][in 2][1][1]
  grouped.bias = {0, 0};
  const Activation input = activation({4, 1, 1}, 0, {1, 10, 100, 200});
  EXPECT_EQ(accumulate_conv(input, grouped, grouped.weights),
            (std::vector<std::int32_t>{1 + 20, 300 + 800}));
}

TEST(Conv, DepthwiseEqualsADenseConvWithADiagonal) {
  constexpr std::size_t kChannels = 5;
  constexpr std::size_t kTaps = 9;
  const std::vector<std::int8_t> taps = random_weights(kChannels * kTaps, 3);
  Conv depthwise;
  depthwise.window.kernel_h = depthwise.window.kernel_w = 3;
  depthwise.groups = kChannels;
  depthwise.weights = taps;
  depthwise.bias.assign(kChannels, 7);
  Conv dense = depthwise;
  dense.groups = 1;
  dense.weights.assign(kChannels * kChannels * kTaps, 0);
  for (std::size_t c = 0; c < kChannels; ++c) {
    for (std::size_t t = 0; t < kTaps; ++t) {
      dense.weights[(c * kChannels + c) * kTaps + t] = taps[c * kTaps + t];
    }
  }
  std::vector<std::uint8_t> codes(kChannels * 6 * 6);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i * 37);
  const Activation input = activation({kChannels, 6, 6}, 128, codes);
  EXPECT_EQ(accumulate_conv(input, depthwise, depthwise.weights),
            accumulate_conv(input, dense, dense.weights));
}

TEST(Conv, AccumulatorsWrapLikeTwosComplement) {
  Conv conv;
  conv.weights = {-128};
  conv.bias = {INT32_MIN};
  EXPECT_EQ(accumulate_conv(activation({1, 1, 1}, 0, {1}), conv, conv.weights),
            (std::vector<std::int32_t>{INT32_MAX - 127}));
}

TEST(Linear, IsTheConvWhoseKernelCoversItsInput) {
  // weights [out 2][C 2 * H 1 * W 2], the order ONNX flattens to.
  Conv linear;
  linear.window.kernel_w = 2;
  linear.weights = {1, 2, 3, 4, -1, -2, -3, -4};
  linear.bias = {100, 0};
  const Activation hwc = activation({2, 1, 2}, 0, {5, 7, 6, 8});  // CHW: 5 6 | 7 8
  const std::int32_t dot = 5 * 1 + 6 * 2 + 7 * 3 + 8 * 4;
  EXPECT_EQ(accumulate_conv(hwc, linear, linear.weights),
            (std::vector<std::int32_t>{100 + dot, -dot}));
  EXPECT_EQ(reference_flatten(hwc).codes, (std::vector<std::uint8_t>{5, 6, 7, 8}));
}

TEST(MaxPool, PaddingNeverWins) {
  MaxPool pool;
  pool.window.kernel_h = pool.window.kernel_w = 2;
  pool.window.stride_h = pool.window.stride_w = 2;
  pool.window.pad_left = pool.window.pad_top = 1;
  const Activation input = activation({1, 3, 3}, 9, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(reference_max_pool(input, pool).codes, (std::vector<std::uint8_t>{1, 3, 7, 9}));
}

TEST(AveragePool, DividesByTheWholeWindowAndRoundsHalvesUp) {
  AveragePool pool;
  pool.window.kernel_h = pool.window.kernel_w = 2;
  pool.requantizer = make_requantizer({0.25}, 10, 0, 255);
  const Activation input = activation({1, 2, 2}, 10, {10, 11, 12, 13});
  EXPECT_EQ(reference_average_pool(input, pool).codes, (std::vector<std::uint8_t>{12}));  // 1.5
}

TEST(Relu, ClampsAtTheZeroPoint) {
  EXPECT_EQ(reference_relu(activation({3, 1, 1}, 50, {10, 50, 90})).codes,
            (std::vector<std::uint8_t>{50, 50, 90}));
}

TEST(Add, SubtractsBothZeroPoints) {
  const Add add = make_add(1, 1, 1, {20, 0, 255});
  const Activation a = activation({2, 1, 1}, 5, {6, 0});
  const Activation b = activation({2, 1, 1}, 100, {103, 99});
  EXPECT_EQ(reference_add(a, b, add).codes, (std::vector<std::uint8_t>{24, 14}));
}

TEST(Classify, TakesTheLargestRealValueAndTheFirstAmongEquals) {
  Graph graph;
  graph.tensors = {{"logits", {3, 1, 1}, ElementType::kInt32, {1.0, 0.1, 1.0}, 0}};
  graph.output = TensorId(0);
  EXPECT_EQ(classify(graph, {5, 40, 5}), 0);
  EXPECT_EQ(classify(graph, {3, 40, 5}), 2);
}

TEST(Validate, RefusesPoolingOfNothingButPadding) {
  MaxPool pool;
  pool.window.kernel_h = pool.window.kernel_w = 2;
  pool.window.pad_left = 1;
  EXPECT_NO_THROW(static_cast<void>(infer_shape({"p", pool, {}, {}}, {{1, 4, 4}})));
  pool.window.pad_left = 2;
  EXPECT_THROW(static_cast<void>(infer_shape({"p", pool, {}, {}}, {{1, 4, 4}})), InputError);
}

TEST(Validate, NamesTheNodeThatDoesNotFit) {
  Graph graph = test_support::random_graph(11);
  validate(graph);
  graph.tensors[graph.nodes[0].output.value()].shape.channels += 1;
  try {
    validate(graph);
    FAIL() << "a wrong shape was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(graph.nodes[0].name), std::string::npos);
  }
}

TEST(Concat, BringsEachInputToTheOutputsScale) {
  const Activation a = activation({1, 1, 2}, 10, {12, 7});
  const Activation b = activation({2, 1, 2}, 100, {101, 103, 99, 255});
  const Concat concat = make_concat({0.5, 0.25}, 0.5, {20, 18, 60});
  // a: ratio 1, so code - 10 + 20; b: half of code - 100, halves up, + 20; all within 18..60.
  EXPECT_EQ(reference_concat({&a, &b}, concat).codes,
            (std::vector<std::uint8_t>{22, 21, 22, 18, 20, 60}));
}

TEST(Concat, LeavesCodesOfEqualMeaningAsTheyAre) {
  std::vector<std::uint8_t> codes(256);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i);
  const Activation input = activation({256, 1, 1}, 77, codes);
  const Activation joined =
      reference_concat({&input, &input}, make_concat({0.3, 0.3}, 0.3, {77, 0, 255}));
  EXPECT_EQ(joined.shape, (Shape{512, 1, 1}));
  codes.insert(codes.end(), input.codes.begin(), input.codes.end());
  EXPECT_EQ(joined.codes, codes);
}

TEST(Rearrange, RepeatsPixelsNotChannels) {
  const Activation input = activation({2, 1, 2}, 3, {1, 2, 5, 6});
  const Activation output = reference_rearrange(input, upsampled({2, 1, 2}, 2, 3));
  EXPECT_EQ(output.shape, (Shape{2, 2, 6}));
  const std::vector<std::uint8_t> row = {1, 2, 1, 2, 1, 2, 5, 6, 5, 6, 5, 6};
  EXPECT_EQ(std::vector<std::uint8_t>(output.codes.begin(), output.codes.begin() + 12), row);
  EXPECT_EQ(std::vector<std::uint8_t>(output.codes.begin() + 12, output.codes.end()), row);
}

TEST(Table, LooksEveryCodeUp) {
  Table table;
  for (std::size_t i = 0; i < 256; ++i) table.codes[i] = static_cast<std::uint8_t>(255 - i);
  table.zero_point = 9;
  const Activation output = reference_table(activation({1, 1, 3}, 5, {0, 100, 255}), table);
  EXPECT_EQ(output.codes, (std::vector<std::uint8_t>{255, 155, 0}));
  EXPECT_EQ(output.zero_point, 9);
}

}  // namespace
}  // namespace brownout::models
