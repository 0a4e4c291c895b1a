// SPDX-License-Identifier: Apache-2.0
// ONNX's own checker and shape inference judge what the exporter writes.
#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <cstdio>
#include <fstream>
#include <map>

#include "models/onnx/export.h"
#include "tests/models/onnx/exportable_graph.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

onnx::ModelProto exported(const Graph& graph) {
  const std::string path = test_file("checked.onnx");
  save_onnx(graph, path);
  onnx::ModelProto model;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(model.ParseFromIstream(&file));
  std::remove(path.c_str());
  return model;
}

/// Extents of a value behind the batch, as ONNX inferred them.
std::vector<int> extents(const onnx::ValueInfoProto& info) {
  std::vector<int> result;
  const auto& shape = info.type().tensor_type().shape();
  for (int d = 1; d < shape.dim_size(); ++d) {
    result.push_back(static_cast<int>(shape.dim(d).dim_value()));
  }
  return result;
}

void check_shapes(const Graph& graph, const onnx::ModelProto& model) {
  std::map<std::string, std::vector<int>> inferred;
  for (const auto& info : model.graph().value_info()) inferred[info.name()] = extents(info);
  for (const auto& info : model.graph().output()) inferred[info.name()] = extents(info);
  for (const Tensor& tensor : graph.tensors) {
    const Shape& s = tensor.shape;
    std::vector<int> expected = {s.channels, s.height, s.width};
    ASSERT_EQ(inferred.count(tensor.name), 1U) << tensor.name;
    if (inferred[tensor.name].size() == 1) expected.resize(1);  // logits of a Gemm
    EXPECT_EQ(inferred[tensor.name], expected) << tensor.name;
  }
}

TEST(CheckerTest, AcceptsExportsAndInfersTheSameShapes) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Graph graph = exportable_graph(seed);
    onnx::ModelProto model = exported(graph);
    ASSERT_NO_THROW(onnx::checker::check_model(model)) << "seed " << seed;
    // Strict mode: an operator whose inference fails is an error.
    const onnx::ShapeInferenceOptions strict(true, 1, true);
    ASSERT_NO_THROW(
        onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), strict))
        << "seed " << seed;
    check_shapes(graph, model);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(CheckerTest, TheCheckerItselfNoticesErrors) {
  onnx::ModelProto model = exported(exportable_graph(1));
  model.mutable_graph()->mutable_node(0)->set_input(0, "gone");
  EXPECT_THROW(onnx::checker::check_model(model), onnx::checker::ValidationError);
}

}  // namespace
}  // namespace brownout::models
