// SPDX-License-Identifier: Apache-2.0
// ONNX's test vectors of a decoder's operators (Debian package libonnx-testdata). They are float
// networks on small whole numbers, so quantising them with scale 1 loses nothing.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "models/onnx/constant.h"
#include "models/reference.h"
#include "tests/models/onnx/model_maker.h"
#include "tests/models/onnx/operator_vectors.h"

namespace brownout::models {
namespace {

using onnx::TensorProto;

class DecoderVectors : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kVectorFolder))
      GTEST_SKIP() << "libonnx-testdata is not installed";
    folder_ = kVectorFolder + std::string(GetParam());
    model_ = parse<onnx::ModelProto>(folder_ + "/model.onnx");
    // Some give their scales within the model.
    for (const onnx::NodeProto& node : model_.graph().node()) {
      if (node.op_type() != "Constant") node_ = node;
    }
  }

  [[nodiscard]] std::vector<int> numbers(const std::string& name) const {
    const auto tensor = parse<TensorProto>(folder_ + "/test_data_set_0/" + name + ".pb");
    const auto reals = onnx_import::reals(onnx_import::make_constant(tensor));
    std::vector<int> integers;
    for (const float real : reals) {
      EXPECT_EQ(real, std::round(real));
      integers.push_back(static_cast<int>(real));
    }
    return integers;
  }

  [[nodiscard]] std::vector<int> dims(const std::string& name) const {
    const auto tensor = parse<TensorProto>(folder_ + "/test_data_set_0/" + name + ".pb");
    return {tensor.dims().begin(), tensor.dims().end()};
  }

  /// A constant the vectors' node reads: from within the model, or one of its inputs' values.
  [[nodiscard]] TensorProto operand(const std::string& name) const {
    for (const onnx::NodeProto& node : model_.graph().node()) {
      if (node.op_type() == "Constant" && node.output(0) == name) return node.attribute(0).t();
    }
    for (int i = 0; i < model_.graph().input_size(); ++i) {
      if (model_.graph().input(i).name() != name) continue;
      return parse<TensorProto>(folder_ + "/test_data_set_0/input_" + std::to_string(i) + ".pb");
    }
    ADD_FAILURE() << "no value for " << name;
    return {};
  }

  /// Adds the vectors' node, reading `inputs`, as "y".
  void add_node(ModelMaker& maker, const std::vector<std::string>& inputs) const {
    auto& node = maker.node(node_.op_type(), "y", inputs);
    *node.mutable_attribute() = node_.attribute();
  }

  std::string folder_;
  onnx::ModelProto model_;
  onnx::NodeProto node_;
};

/// CHW numbers as HWC codes.
std::vector<std::uint8_t> codes_of(const std::vector<int>& values, const Shape& shape) {
  std::vector<std::uint8_t> codes(shape.elements());
  std::size_t next = 0;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        codes.at(shape.offset(y, x, c)) = static_cast<std::uint8_t>(values.at(next++));
      }
    }
  }
  return codes;
}

/// HWC results as CHW numbers.
std::vector<int> numbers_of(const std::vector<std::int32_t>& results, const Shape& shape) {
  std::vector<int> values;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) values.push_back(results.at(shape.offset(y, x, c)));
    }
  }
  return values;
}

/// What the network of `maker`'s node "y" gives; codes are taken for numbers.
void expect_result(ModelMaker& maker, const std::vector<int>& input,
                   const std::vector<int>& expected, const std::vector<int>& dims) {
  const Graph graph = load(maker.output("y").model);
  const Shape shape = graph.tensor(graph.output).shape;
  ASSERT_EQ(dims, (std::vector<int>{1, shape.channels, shape.height, shape.width}));
  const Inference result = run_reference(graph, codes_of(input, graph.tensor(graph.input).shape));
  EXPECT_EQ(numbers_of(result.logits, shape), expected);
}

using ConvTransposeVectors = DecoderVectors;

TEST_P(ConvTransposeVectors, GivesTheOutputs) {
  std::vector<int> shape = dims("input_0");
  shape.erase(shape.begin());
  ModelMaker maker(shape, 0);
  add_node(maker,
           {maker.real_input(), maker.weights("w", dims("input_1"), numbers("input_1"), 1.0F)});
  expect_result(maker, numbers("input_0"), numbers("output_0"), dims("output_0"));
}

INSTANTIATE_TEST_SUITE_P(Vectors, ConvTransposeVectors,
                         testing::Values("test_convtranspose", "test_convtranspose_autopad_same",
                                         "test_convtranspose_dilations",
                                         "test_convtranspose_kernel_shape",
                                         "test_convtranspose_output_shape",
                                         "test_convtranspose_pad", "test_convtranspose_pads",
                                         "test_convtranspose_with_kernel"));

using ResizeVectors = DecoderVectors;

TEST_P(ResizeVectors, GivesTheOutputs) {
  std::vector<int> shape = dims("input_0");
  shape.erase(shape.begin());
  ModelMaker maker(shape, 0);
  std::vector<std::string> inputs = {"x"};
  for (int i = 1; i < node_.input_size(); ++i) {
    inputs.push_back(node_.input(i));
    if (node_.input(i).empty()) continue;
    TensorProto& constant = *maker.model.mutable_graph()->add_initializer();
    constant = operand(node_.input(i));
    constant.set_name(node_.input(i));
  }
  add_node(maker, inputs);
  expect_result(maker, numbers("input_0"), numbers("output_0"), dims("output_0"));
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, ResizeVectors,
    testing::Values("test_resize_upsample_scales_nearest", "test_upsample_nearest",
                    "test_resize_downsample_scales_nearest", "test_resize_downsample_sizes_nearest",
                    "test_resize_downsample_sizes_nearest_tf_half_pixel_for_nn",
                    "test_resize_upsample_sizes_nearest",
                    "test_resize_upsample_sizes_nearest_ceil_half_pixel",
                    "test_resize_upsample_sizes_nearest_floor_align_corners",
                    "test_resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric"));

}  // namespace
}  // namespace brownout::models
