// SPDX-License-Identifier: Apache-2.0
// Linear layers in the spellings ONNX has for them, and the flattening before them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/models/onnx/graph_text.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

using onnx::TensorProto;
using testing::ElementsAre;

constexpr float kWeightScale = 0.25F;

std::string only_node(const Graph& graph) {
  EXPECT_EQ(graph.nodes.size(), 1U) << text_of(graph);
  return text_of(graph.nodes.front().operation);
}

/// Weights [2][4] of a linear layer, [out][in] or [in][out].
std::vector<int> matrix(bool output_first) {
  return output_first ? std::vector<int>{1, 2, 3, 4, -5, -6, -7, -8}
                      : std::vector<int>{1, -5, 2, -6, 3, -7, 4, -8};
}

std::string linear_layer(const std::string& op) {
  ModelMaker maker({1, 2, 2});
  maker.node("Flatten", "flat", {maker.real_input()});
  const bool output_first = op == "Gemm with transB";
  const std::string weights =
      maker.weights("w", output_first ? std::vector<int>{2, 4} : std::vector<int>{4, 2},
                    matrix(output_first), kWeightScale);
  const std::string bias = maker.floats("b", {2}, {1.25F, -2.5F});
  if (op == "MatMul") {
    maker.node("MatMul", "product", {"flat", weights});
    maker.node("Add", "out", {bias, "product"});
  } else {
    auto& gemm = maker.node("Gemm", "out", {"flat", weights, bias});
    if (output_first) set_int(gemm, "transB", 1);
  }
  return only_node(load(maker.output("out").model));
}

TEST(ImportLinearTest, LinearLayersBecomeCoveringConvolutions) {
  const std::string gemm = linear_layer("Gemm with transB");
  EXPECT_THAT(gemm, testing::HasSubstr("conv kernel 2x2 stride 1x1 pads 0 0 0 0"));
  EXPECT_THAT(gemm, testing::HasSubstr("weights 1 2 3 4 -5 -6 -7 -8"));
  EXPECT_THAT(gemm, testing::HasSubstr("bias 10 -20"));
  EXPECT_EQ(linear_layer("Gemm"), gemm);
  EXPECT_EQ(linear_layer("MatMul"), gemm);
}

TEST(ImportLinearTest, QLinearMatMulIsALinearLayer) {
  ModelMaker maker({4});
  maker.node("QLinearMatMul", "y",
             {"x", "x.s", "x.z", maker.integers("w", TensorProto::INT8, {4, 2}, matrix(false)),
              maker.floats("w.s", {}, {1.0F}), maker.integers("w.z", TensorProto::INT8, {}, {0}),
              maker.floats("y.s", {}, {1.0F}), maker.integers("y.z", TensorProto::UINT8, {}, {0})});
  const Graph graph = load(maker.output("y").model);
  EXPECT_THAT(std::get<Conv>(graph.nodes.front().operation).weights,
              ElementsAre(1, 2, 3, 4, -5, -6, -7, -8));
  EXPECT_EQ(graph.tensor(graph.input).shape, (Shape{4, 1, 1}));
}

TEST(ImportLinearTest, FlatteningDisappearsBeforeALinearLayerOnly) {
  for (const bool reshape : {false, true}) {
    ModelMaker maker({1, 2, 2});
    if (reshape) {
      maker.node("Reshape", "f", {"x", maker.integers("shape", TensorProto::INT64, {2}, {0, -1})});
    } else {
      maker.node("Flatten", "f", {"x"});
    }
    const std::string flat = maker.dequantize("f", "f.real", 0.5F, 3);
    maker.node("Add", "sum", {flat, flat});
    (void)maker.quantize("sum", "y", 1.0F, 0);
    const Graph graph = load(maker.output("y").model);
    ASSERT_EQ(graph.nodes.size(), 3U) << text_of(graph);  // one Flatten for each operand
    EXPECT_STREQ(operation_name(graph.nodes[0].operation), "flatten");
    EXPECT_STREQ(operation_name(graph.nodes[2].operation), "add");
    EXPECT_EQ(graph.tensor(graph.output).shape, (Shape{4, 1, 1}));
  }
}

TEST(ImportLinearTest, ReshapeToOnePixelIsAnExplicitFlatten) {
  ModelMaker maker({1, 2, 2});
  maker.node("Reshape", "f", {"x", maker.integers("shape", TensorProto::INT64, {4}, {1, 4, 1, 1})});
  const Graph graph = load(maker.output("f").model);
  EXPECT_EQ(only_node(graph), "flatten ");
}

}  // namespace
}  // namespace brownout::models
