// SPDX-License-Identifier: Apache-2.0
// Shapes, counts and refusals of the network graph, above all where numbers could overflow.
#include "models/graph.h"

#include <gtest/gtest.h>

#include <string>

#include "models/rearrange.h"
#include "models/requantize.h"
#include "models/transposed_conv.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

Node node_of(Operation operation, int inputs = 1) {
  Node node;
  node.name = "it";
  node.operation = std::move(operation);
  node.inputs.assign(static_cast<std::size_t>(inputs), TensorId(0));
  node.output = TensorId(1);
  return node;
}

/// The message infer_shape refuses with; empty when it does not.
std::string refusal(const Operation& operation, const std::vector<Shape>& inputs) {
  try {
    static_cast<void>(infer_shape(node_of(operation, static_cast<int>(inputs.size())), inputs));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

Conv spread_conv(int spread) {
  Conv conv;
  conv.window.spread_h = conv.window.spread_w = spread;
  conv.weights = {1};
  conv.bias = {0};
  return conv;
}

Graph one_node(Operation operation, const Shape& input, const Shape& output) {
  Graph graph;
  graph.tensors.resize(2);
  graph.tensors[0].shape = input;
  graph.tensors[1].shape = output;
  graph.nodes = {node_of(std::move(operation))};
  graph.input = TensorId(0);
  graph.output = TensorId(1);
  return graph;
}

TEST(InferShape, OfTheNewOperators) {
  EXPECT_EQ(infer_shape(node_of(Concat{}, 3), {{3, 4, 5}, {1, 4, 5}, {7, 4, 5}}),
            (Shape{11, 4, 5}));
  EXPECT_EQ(infer_shape(node_of(upsampled({3, 4, 5}, 2, 3)), {{3, 4, 5}}), (Shape{3, 8, 15}));
  EXPECT_EQ(infer_shape(node_of(Rearrange{{-1, 3}, {0}, {2, 2, 2}}), {{3, 4, 5}}),
            (Shape{3, 2, 1}));
  EXPECT_EQ(infer_shape(node_of(Table{}), {{3, 4, 5}}), (Shape{3, 4, 5}));
  EXPECT_EQ(infer_shape(node_of(spread_conv(3)), {{1, 4, 5}}), (Shape{1, 10, 13}));
}

TEST(InferShape, RefusesWhatDoesNotFit) {
  EXPECT_EQ(refusal(Concat{}, {{3, 4, 5}}), "node 'it' (concat): has 1 inputs, needs at least 2");
  EXPECT_EQ(refusal(Concat{}, {{3, 4, 5}, {3, 5, 4}}),
            "node 'it' (concat): joins channels of 4x5 and 5x4 pixels");
  EXPECT_EQ(refusal(Rearrange{{}, {0}, {0}}, {{3, 4, 5}}), "node 'it' (rearrange): takes no rows");
  EXPECT_EQ(refusal(Rearrange{{0}, {5}, {0}}, {{3, 4, 5}}),
            "node 'it' (rearrange): takes 5 of 5 columns, allowed are -1 to 4");
  MaxPool spread;
  spread.window.spread_w = 2;
  EXPECT_EQ(refusal(spread, {{3, 4, 5}}),
            "node 'it' (max_pool): only a convolution's input may be spread");
  Conv crop = spread_conv(1);
  crop.window.pad_left = -1;
  EXPECT_EQ(refusal(crop, {{1, 4, 5}}),
            "node 'it' (conv): negative padding is allowed only where the input is spread");
  crop.window.spread_w = 2;
  EXPECT_EQ(refusal(crop, {{1, 4, 5}}), "");
  crop.window.pad_left = -9;
  EXPECT_EQ(refusal(crop, {{1, 4, 5}}),
            "node 'it' (conv): the kernel 1x1 is larger than the padded input 4x9");
}

TEST(InferShape, RefusesLayersOf2To31Elements) {
  const Shape wide{1, 1 << 15, 1 << 15};
  EXPECT_EQ(refusal(upsampled(wide, 2, 1), {wide}),
            "node 'it' (rearrange): gives 1x65536x32768 elements, allowed are less than 2^31");
  EXPECT_EQ(refusal(Concat{}, {wide, wide}),
            "node 'it' (concat): gives 2x32768x32768 elements, allowed are less than 2^31");
  EXPECT_EQ(refusal(spread_conv(4096), {wide}),
            "node 'it' (conv): spreads its input to 134213633x134213633 pixels, allowed are less "
            "than 2^31");
  Conv many = spread_conv(1);
  many.bias.assign(1 << 16, 0);
  EXPECT_EQ(refusal(many, {{1 << 15, 1, 1}}),
            "node 'it' (conv): needs 2147483648 weights, allowed are less than 2^31");
  many.weights.assign(1 << 16, 0);
  EXPECT_EQ(refusal(many, {{1, 1 << 8, 1 << 7}}),
            "node 'it' (conv): gives 65536x256x128 elements, allowed are less than 2^31");
  Graph graph = one_node(Relu{}, {1 << 11, 1 << 10, 1 << 10}, {1 << 11, 1 << 10, 1 << 10});
  EXPECT_THROW(validate(graph), InputError);
}

TEST(InferShape, RefusesPoolingsWhoseSumCouldOverflow) {
  AveragePool pool;
  pool.window.kernel_h = 4096;
  pool.window.kernel_w = 2057;
  EXPECT_EQ(refusal(pool, {{1, 4096, 2057}}),
            "node 'it' (average_pool): pools 8425472 pixels into one, allowed are 8421504");
  pool.window.kernel_w = 2056;
  EXPECT_EQ(refusal(pool, {{1, 4096, 2056}}), "");
}

TEST(Validate, ConcatNeedsAPairPerInputAndTheOutputsZeroPoint) {
  Graph graph = one_node(make_concat({1.0, 1.0}, 1.0, {5, 0, 255}), {1, 1, 1}, {2, 1, 1});
  graph.nodes[0].inputs = {TensorId(0), TensorId(0)};
  EXPECT_THROW(validate(graph), InputError);  // zero point 5, tensor 0
  graph.tensors[1].zero_point = 5;
  EXPECT_NO_THROW(validate(graph));
  graph.nodes[0].operation = make_concat({1.0, 1.0, 1.0}, 1.0, {5, 0, 255});
  EXPECT_THROW(validate(graph), InputError);
}

TEST(Validate, TableBringsItsOutputsZeroPoint) {
  Table table;
  table.zero_point = 3;
  Graph graph = one_node(table, {1, 1, 1}, {1, 1, 1});
  EXPECT_THROW(validate(graph), InputError);
  graph.tensors[1].zero_point = 3;
  EXPECT_NO_THROW(validate(graph));
}

TEST(MacCount, OfATransposedConvIsThatOfTheConvAtOutputResolution) {
  Conv conv = transposed_conv({{4, 4, 2, 2, 1, 1, 1, 1}}, 1, 3, std::vector<std::int8_t>(240));
  conv.bias.assign(5, 0);
  Graph graph = one_node(conv, {3, 8, 8}, {5, 16, 16});
  EXPECT_EQ(mac_count(graph), 3U * 5 * 16 * 16 * 16);
}

}  // namespace
}  // namespace brownout::models
