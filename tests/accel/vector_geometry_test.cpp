// SPDX-License-Identifier: Apache-2.0
#include "accel/vector_geometry.h"

#include <gtest/gtest.h>

#include "models/reference.h"
#include "models/reference_ops.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

/// Runs a vector node by its operand walk alone, from the codes `inputs` hold.
std::vector<std::uint8_t> walk_node(const models::Graph& graph, const models::Node& node,
                                    const std::vector<const std::vector<std::uint8_t>*>& inputs) {
  const VectorGeometry geometry(graph, node, 8);
  const VectorArithmetic arithmetic(graph, node);
  const std::size_t elements = graph.tensor(node.output).shape.elements();
  std::vector<std::int64_t> states(elements, arithmetic.initial());
  // Undo the interleaving to find the element behind a position.
  geometry.visit(0, geometry.output_words(), [&](const VectorOperand& operand) {
    const std::uint64_t word = operand.position / 8;
    const std::uint64_t element = word / geometry.inputs() * 8 + operand.position % 8;
    EXPECT_EQ(word % geometry.inputs(), operand.input);
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

}  // namespace
}  // namespace brownout::accel
