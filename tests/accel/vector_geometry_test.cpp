// SPDX-License-Identifier: Apache-2.0
#include "accel/vector_geometry.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "models/reference.h"
#include "models/reference_ops.h"
#include "models/requantize.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

/// Which input and element lies at each position. No two share one, and no word holds two inputs.
std::map<std::uint64_t, std::pair<std::uint32_t, std::uint64_t>> positions(
    const models::Graph& graph, const models::Node& node, const VectorGeometry& geometry) {
  std::map<std::uint64_t, std::pair<std::uint32_t, std::uint64_t>> elements;
  std::map<std::uint64_t, std::uint32_t> owners;
  for (std::uint32_t input = 0; input < geometry.inputs(); ++input) {
    const std::uint64_t count = graph.tensor(node.inputs[input]).shape.elements();
    for (std::uint64_t element = 0; element < count; ++element) {
      const std::uint64_t position = geometry.ifmap_position(input, element);
      EXPECT_TRUE(elements.emplace(position, std::pair(input, element)).second);
      EXPECT_EQ(owners.emplace(position / 8, input).first->second, input);
    }
  }
  // The words fill the buffer's image without a gap.
  EXPECT_EQ(owners.rbegin()->first + 1, owners.size());
  for (std::uint64_t words = 0; words <= owners.size(); ++words) {
    std::vector<std::uint64_t> below(geometry.inputs(), 0);
    for (const auto& [word, owner] : owners) below[owner] += word < words ? 1 : 0;
    for (std::uint32_t input = 0; input < geometry.inputs(); ++input) {
      EXPECT_EQ(geometry.layout().words_below(input, words), below[input]);
    }
    if (words > 40) break;
  }
  return elements;
}

/// Runs a vector node by its operand walk alone, from the codes `inputs` hold.
std::vector<std::uint8_t> walk_node(const models::Graph& graph, const models::Node& node,
                                    const std::vector<const std::vector<std::uint8_t>*>& inputs) {
  const VectorGeometry geometry(graph, node, 8);
  const VectorArithmetic arithmetic(graph, node);
  const std::size_t elements = graph.tensor(node.output).shape.elements();
  std::vector<std::int64_t> states(elements, arithmetic.initial());
  const auto elements_at = positions(graph, node, geometry);
  geometry.visit(0, geometry.output_words(), [&](const VectorOperand& operand) {
    const auto& [input, element] = elements_at.at(operand.position);
    EXPECT_EQ(input, operand.input);
    states[operand.output] = arithmetic.combine(states[operand.output], operand.input,
                                                inputs[operand.input]->at(element));
  });
  std::vector<std::uint8_t> codes;
  for (std::size_t i = 0; i < elements; ++i) codes.push_back(arithmetic.finish(i, states[i]));
  return codes;
}

TEST(VectorGeometry, WalkingOperandsGivesTheReferenceResult) {
  int nodes = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const models::Graph graph = test_support::random_graph(seed);
    const auto input = test_support::random_input(graph, seed);
    const models::Inference reference = models::run_reference(graph, input);
    std::vector<const std::vector<std::uint8_t>*> tensors(graph.tensors.size(), nullptr);
    tensors[graph.input.value()] = &input;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const models::Node& node = graph.nodes[i];
      tensors[node.output.value()] = &reference.codes[i];
      if (std::holds_alternative<models::Conv>(node.operation)) continue;
      std::vector<const std::vector<std::uint8_t>*> inputs;
      for (const TensorId id : node.inputs) inputs.push_back(tensors[id.value()]);
      ASSERT_EQ(walk_node(graph, node, inputs), reference.codes[i])
          << models::operation_name(node.operation);
      ++nodes;
    }
  }
  EXPECT_GT(nodes, 200);
}

TEST(OperandLayout, WordsOfAConcatLieInTheOrderTheOutputNeedsThem) {
  // Pixels of 3 + 5 channels, 4-byte words. a's words begin at its elements 0, 4, 8: outputs 0, 9
  // and 18; b's at 0, 4, 8, 12: outputs 3, 7, 14 and 21; hence a b b a b a b.
  models::Graph graph;
  graph.tensors.resize(3);
  graph.tensors[0].shape = {3, 1, 3};
  graph.tensors[1].shape = {5, 1, 3};
  graph.tensors[2].shape = {8, 1, 3};
  models::Node node;
  node.operation = models::make_concat({1.0, 1.0}, 1.0, {});
  node.inputs = {TensorId(0), TensorId(1)};
  node.output = TensorId(2);
  const OperandLayout layout(graph, node, 4);
  EXPECT_EQ(layout.position(0, 0), 0U);
  EXPECT_EQ(layout.position(1, 0), 4U);
  EXPECT_EQ(layout.position(1, 4), 8U);
  EXPECT_EQ(layout.position(0, 5), 12U + 1);
  EXPECT_EQ(layout.position(1, 8), 16U);
  EXPECT_EQ(layout.position(0, 8), 20U);
  EXPECT_EQ(layout.position(1, 14), 24U + 2);
  EXPECT_EQ(layout.words_below(0, 4), 2U);
  EXPECT_EQ(layout.words_below(1, 4), 2U);
}

}  // namespace
}  // namespace brownout::accel
