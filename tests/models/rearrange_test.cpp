// SPDX-License-Identifier: Apache-2.0
#include "models/rearrange.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/reference.h"
#include "models/reference_ops.h"
#include "models/requantize.h"
#include "tests/support/dice.h"
#include "tests/support/random_graph.h"

namespace brownout::models {
namespace {

std::vector<int> pick(test_support::Dice& dice, int extent) {
  std::vector<int> indices(static_cast<std::size_t>(dice.roll(1, 2 * extent)));
  for (int& index : indices) index = dice.roll(-1, extent - 1);
  return indices;
}

Rearrange pick(test_support::Dice& dice, const Shape& shape) {
  return {pick(dice, shape.height), pick(dice, shape.width), pick(dice, shape.channels)};
}

TEST(Rearrange, ComposedIsOneAfterTheOther) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    test_support::Dice dice(seed);
    Activation input;
    input.shape = {dice.roll(1, 5), dice.roll(1, 5), dice.roll(1, 5)};
    input.zero_point = dice.roll(0, 255);
    for (std::size_t i = 0; i < input.shape.elements(); ++i) {
      input.codes.push_back(static_cast<std::uint8_t>(dice.roll(0, 255)));
    }
    const Rearrange first = pick(dice, input.shape);
    const Activation between = reference_rearrange(input, first);
    const Rearrange second = pick(dice, between.shape);
    const Activation after = reference_rearrange(between, second);
    const Activation at_once = reference_rearrange(input, composed(first, second));
    EXPECT_EQ(at_once.shape, after.shape);
    EXPECT_EQ(at_once.codes, after.codes);
  }
}

TEST(Rearrange, KnowsUpsamplingWhenItSeesIt) {
  const Shape shape{3, 4, 5};
  const UpsamplingFactors found = upsampling_of(upsampled(shape, 2, 3), shape);
  EXPECT_EQ(found.height, 2);
  EXPECT_EQ(found.width, 3);
  Rearrange shuffled = upsampled(shape, 2, 3);
  std::swap(shuffled.channels[0], shuffled.channels[1]);
  EXPECT_EQ(upsampling_of(shuffled, shape).height, 0);
  EXPECT_EQ(upsampling_of({{0, 1, 2}, {0, 1, 2}, {0, 1, 2}}, shape).height, 0);
}

TEST(MergeRearrangements, KeepsEveryLogit) {
  int merged = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = test_support::random_graph(seed);
    const Graph smaller = merge_rearrangements(graph);
    validate(smaller);
    merged += smaller.nodes.size() < graph.nodes.size() ? 1 : 0;
    test_support::Dice dice(seed);
    std::vector<std::uint8_t> image;
    for (std::size_t i = 0; i < graph.tensor(graph.input).shape.elements(); ++i) {
      image.push_back(static_cast<std::uint8_t>(dice.roll(0, 255)));
    }
    EXPECT_EQ(run_reference(smaller, image).logits, run_reference(graph, image).logits);
  }
  EXPECT_GT(merged, 0);
}

const Rearrange kRowsSwapped{{1, 0}, {0, 1}, {0}};
const Rearrange kColumnsSwapped{{0, 1}, {1, 0}, {0}};

/// Each operation reads the one before it, the last one what `inputs` names as well.
Graph chain(const std::vector<Operation>& operations, const std::vector<TensorId>& inputs) {
  Graph graph;
  graph.tensors.push_back({"x", {1, 2, 2}, ElementType::kUint8, {1.0}, 0});
  for (const Operation& operation : operations) {
    const TensorId before(static_cast<std::uint32_t>(graph.tensors.size() - 1));
    graph.output = TensorId(before.value() + 1);
    const std::string name = "t" + std::to_string(graph.output.value());
    graph.tensors.push_back({name, {1, 2, 2}, ElementType::kUint8, {1.0}, 0});
    graph.nodes.push_back({name, operation, {before}, graph.output});
  }
  auto& last = graph.nodes.back().inputs;
  last.insert(last.end(), inputs.begin(), inputs.end());
  graph.preprocessing = {{0.0}, {1.0}};
  validate(graph);
  return graph;
}

TEST(MergeRearrangements, TakesOutTwoThatUndoEachOther) {
  const Graph merged = merge_rearrangements(chain({kRowsSwapped, kRowsSwapped, MaxPool{}}, {}));
  ASSERT_EQ(merged.nodes.size(), 1U);
  EXPECT_EQ(run_reference(merged, {1, 2, 3, 4}).logits, (std::vector<std::int32_t>{1, 2, 3, 4}));
}

TEST(MergeRearrangements, CountsTheReadersBehindOneThatMovesNothing) {
  // The first one is read by the last as well, past the second.
  const Graph graph =
      chain({kRowsSwapped, identity({1, 2, 2}), kColumnsSwapped, make_add(1, 1, 1, {0, 0, 255})},
            {TensorId(1)});
  EXPECT_EQ(run_reference(merge_rearrangements(graph), {1, 2, 3, 4}).logits,
            run_reference(graph, {1, 2, 3, 4}).logits);
}

}  // namespace
}  // namespace brownout::models
