// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/requantize.h"
#include "tests/models/onnx/graph_text.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

using onnx::TensorProto;
using testing::ElementsAre;

/// Text of the network's only node.
std::string only_node(const Graph& graph) {
  EXPECT_EQ(graph.nodes.size(), 1U) << text_of(graph);
  return text_of(graph.nodes.front().operation);
}

const Conv& conv_of(const Graph& graph) { return std::get<Conv>(graph.nodes.front().operation); }

constexpr float kWeightScale = 0.25F;
constexpr float kOutputScale = 0.75F;
constexpr int kOutputZero = 5;

/// A 2 -> 3 channel 1x2 convolution of a 2x2x2 image as QLinearConv.
ModelMaker qlinear_conv(int type) {
  const int shift = type == TensorProto::INT8 ? 128 : 0;
  ModelMaker maker({2, 2, 2}, 3 - shift, type);
  maker.node(
      "QLinearConv", "y",
      {"x", "x.s", "x.z", maker.integers("w", TensorProto::INT8, {3, 2, 1, 2}, counting(12)),
       maker.floats("w.s", {}, {kWeightScale}), maker.integers("w.z", TensorProto::INT8, {}, {0}),
       maker.floats("y.s", {}, {kOutputScale}),
       maker.integers("y.z", type, {}, {kOutputZero - shift}),
       maker.integers("b", TensorProto::INT32, {3}, {10, -20, 30})});
  maker.output("y");
  return maker;
}

/// The same layer on floats up to its unquantised output "conv".
ModelMaker real_conv() {
  ModelMaker maker({2, 2, 2});
  const std::string weights = maker.weights("w", {3, 2, 1, 2}, counting(12), kWeightScale);
  (void)maker.integers("b.codes", TensorProto::INT32, {3}, {10, -20, 30});
  maker.node("DequantizeLinear", "b", {"b.codes", maker.floats("b.s", {}, {0.5F * kWeightScale})});
  maker.node("Conv", "conv", {maker.real_input(), weights, "b"});
  return maker;
}

Graph quantized_conv(ModelMaker maker, const std::string& value) {
  (void)maker.quantize(value, "y", kOutputScale, kOutputZero);
  return load(maker.output("y").model);
}

TEST(ImportTest, QLinearConvKeepsItsNumbers) {
  const Graph graph = load(qlinear_conv(TensorProto::UINT8).model);
  const Conv& conv = conv_of(graph);
  EXPECT_THAT(conv.weights, ElementsAre(1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12));
  EXPECT_THAT(conv.bias, ElementsAre(10, -20, 30));
  EXPECT_THAT(conv.weight_scale, ElementsAre(0.25));
  const Requantizer expected = make_requantizer({0.5 * 0.25 / 0.75}, kOutputZero, 0, 255);
  EXPECT_EQ(conv.requantizer.multiplier, expected.multiplier);
  EXPECT_EQ(conv.requantizer.shift, expected.shift);
  EXPECT_EQ(graph.tensor(graph.input).zero_point, 3);
  EXPECT_EQ(graph.tensor(graph.output).shape, (Shape{3, 2, 1}));
  EXPECT_EQ(graph.tensor(graph.output).scale.front(), 0.75);
  EXPECT_EQ(graph.tensor(graph.output).zero_point, kOutputZero);
  EXPECT_EQ(graph.nodes.front().name, "y");
}

TEST(ImportTest, Int8ActivationsShiftBy128) {
  EXPECT_EQ(text_of(load(qlinear_conv(TensorProto::INT8).model)),
            text_of(load(qlinear_conv(TensorProto::UINT8).model)));
}

TEST(ImportTest, DequantizedConvIsTheSameAsQLinearConv) {
  EXPECT_EQ(only_node(quantized_conv(real_conv(), "conv")),
            only_node(load(qlinear_conv(TensorProto::UINT8).model)));
}

TEST(ImportTest, ReluAndClipNarrowTheOutputRange) {
  ModelMaker relu = real_conv();
  relu.node("Relu", "r", {"conv"});
  const Graph rectified = quantized_conv(relu, "r");
  EXPECT_EQ(conv_of(rectified).requantizer.lowest, kOutputZero);
  EXPECT_EQ(conv_of(rectified).requantizer.highest, 255);

  ModelMaker clip = real_conv();
  clip.node("Clip", "c", {"conv", clip.floats("lo", {}, {0}), clip.floats("hi", {}, {6})});
  const Graph clipped = quantized_conv(clip, "c");
  EXPECT_EQ(clipped.nodes.size(), 1U);
  EXPECT_EQ(conv_of(clipped).requantizer.lowest, kOutputZero);
  EXPECT_EQ(conv_of(clipped).requantizer.highest, kOutputZero + 8);  // 6 / 0.75
}

TEST(ImportTest, BiasMayBeFloatOrComeFromAnAddition) {
  const std::string expected = only_node(quantized_conv(real_conv(), "conv"));
  ModelMaker real_bias = real_conv();
  auto& conv = *real_bias.model.mutable_graph()->mutable_node()->rbegin();
  conv.set_input(2, real_bias.floats("bias", {3}, {1.25F, -2.5F, 3.75F}));
  EXPECT_EQ(only_node(quantized_conv(real_bias, "conv")), expected);

  ModelMaker added = real_conv();
  added.model.mutable_graph()->mutable_node()->rbegin()->mutable_input()->RemoveLast();
  added.node("Add", "sum", {"conv", added.floats("bias", {1, 3, 1, 1}, {1.25F, -2.5F, 3.75F})});
  EXPECT_EQ(only_node(quantized_conv(added, "sum")), expected);
}

TEST(ImportTest, WeightsMayBeUnsignedConstantNodesOrFloats) {
  const std::string expected = only_node(load(qlinear_conv(TensorProto::UINT8).model));
  std::vector<int> unsigned_codes = counting(12);
  std::vector<float> values;
  for (int& code : unsigned_codes) {
    values.push_back(static_cast<float>(code) * kWeightScale);
    code += 128;
  }
  ModelMaker shifted = qlinear_conv(TensorProto::UINT8);
  auto& node = *shifted.model.mutable_graph()->mutable_node()->rbegin();
  node.set_input(3, shifted.integers("u", TensorProto::UINT8, {3, 2, 1, 2}, unsigned_codes));
  node.set_input(5, shifted.integers("u.z", TensorProto::UINT8, {}, {128}));
  EXPECT_EQ(only_node(load(shifted.model)), expected);

  ModelMaker quantized({2, 2, 2});
  auto& constant = quantized.node("Constant", "float_w", {});
  auto& value = *constant.add_attribute();
  value.set_name("value");
  value.set_type(onnx::AttributeProto::TENSOR);
  value.mutable_t()->set_data_type(TensorProto::FLOAT);
  for (const int dim : {3, 2, 1, 2}) value.mutable_t()->add_dims(dim);
  for (const float v : values) value.mutable_t()->add_float_data(v);
  (void)quantized.quantize("float_w", "q", kWeightScale, 0, TensorProto::INT8);
  const std::string weights = quantized.dequantize("q", "w", kWeightScale, 0, TensorProto::INT8);
  quantized.node(
      "Conv", "conv",
      {quantized.real_input(), weights, quantized.floats("bias", {3}, {1.25F, -2.5F, 3.75F})});
  EXPECT_EQ(only_node(quantized_conv(quantized, "conv")), expected);
}

TEST(ImportTest, ChannelsMayHaveTheirOwnScales) {
  ModelMaker maker({1, 1, 1});
  (void)maker.integers("w.codes", TensorProto::INT8, {2, 1, 1, 1}, {100, -100});
  auto& dequantize = maker.node("DequantizeLinear", "w",
                                {"w.codes", maker.floats("w.s", {2}, {0.5F, 0.125F}),
                                 maker.integers("w.z", TensorProto::INT8, {2}, {0, 0})});
  set_int(dequantize, "axis", 0);
  maker.node("Conv", "conv", {maker.real_input(), "w"});
  const Graph graph = load(maker.output("conv").model);
  EXPECT_THAT(conv_of(graph).weight_scale, ElementsAre(0.5, 0.125));
  EXPECT_THAT(graph.tensor(graph.output).scale, ElementsAre(0.25, 0.0625));
  EXPECT_EQ(graph.tensor(graph.output).type, ElementType::kInt32);
  EXPECT_TRUE(conv_of(graph).requantizer.multiplier.empty());
}

TEST(ImportTest, DepthwiseDilatedAndPaddedConvolutionsKeepTheirWindow) {
  ModelMaker maker({4, 9, 9});
  auto& conv = maker.node(
      "Conv", "conv", {maker.real_input(), maker.weights("w", {4, 1, 3, 3}, counting(36), 1.0F)});
  set_int(conv, "group", 4);
  set_ints(conv, "dilations", {2, 1});
  set_ints(conv, "pads", {1, 2, 3, 0});
  set_ints(conv, "strides", {2, 3});
  const Graph graph = load(maker.output("conv").model);
  EXPECT_EQ(conv_of(graph).groups, 4);
  EXPECT_EQ(graph.tensor(graph.output).shape, (Shape{4, 5, 3}));
  EXPECT_EQ(conv_of(graph).window.pad_bottom, 3);
  EXPECT_EQ(conv_of(graph).window.dilation_h, 2);
}

TEST(ImportTest, QuantizePairsAroundDataMovementAreTransparent) {
  ModelMaker maker({2, 4, 4});
  auto& pool = maker.node("MaxPool", "pool", {maker.real_input()});
  set_ints(pool, "kernel_shape", {2, 2});
  (void)maker.quantize("pool", "pool.q", 0.5F, 3);
  maker.node("Identity", "same", {"pool.q"});
  const std::string real = maker.dequantize("same", "pool.real", 0.5F, 3);
  maker.node("Dropout", "drop", {real});
  maker.node("Flatten", "flat", {"drop"});
  (void)maker.quantize("flat", "flat.q", 0.5F, 3);
  const std::string flat = maker.dequantize("flat.q", "flat.real", 0.5F, 3);
  maker.node("Gemm", "out", {flat, maker.weights("w", {18, 1}, counting(18), 1.0F)});
  const Graph graph = load(maker.output("out").model);
  ASSERT_EQ(graph.nodes.size(), 2U) << text_of(graph);
  EXPECT_STREQ(operation_name(graph.nodes[0].operation), "max_pool");
  EXPECT_EQ(graph.tensor(graph.output).shape, (Shape{1, 1, 1}));
}

TEST(ImportTest, GlobalAveragesAreOnePoolingInThreeSpellings) {
  std::vector<std::string> nodes;
  for (const std::string op : {"AveragePool", "GlobalAveragePool", "ReduceMean"}) {
    ModelMaker maker({2, 3, 4});
    auto& pool = maker.node(op, "mean", {maker.real_input()});
    if (op == "AveragePool") set_ints(pool, "kernel_shape", {3, 4});
    if (op == "ReduceMean") set_ints(pool, "axes", {-1, -2});
    (void)maker.quantize("mean", "y", 0.125F, 7);
    nodes.push_back(only_node(load(maker.output("y").model)));
  }
  const Requantizer expected = make_requantizer({0.5 / (0.125 * 12)}, 7, 0, 255);
  EXPECT_THAT(nodes[0], testing::HasSubstr(std::to_string(expected.multiplier.front())));
  EXPECT_EQ(nodes[1], nodes[0]);
  EXPECT_EQ(nodes[2], nodes[0]);
}

TEST(ImportTest, AdditionTakesBothScalesAndAbsorbsRelu) {
  ModelMaker maker({2, 2, 2});
  maker.node("MaxPool", "p", {"x"});
  set_ints(*maker.model.mutable_graph()->mutable_node()->rbegin(), "kernel_shape", {1, 1});
  const std::string real = maker.real_input();
  const std::string pooled = maker.dequantize("p", "p.real", 0.5F, 3);
  maker.node("Add", "sum", {real, pooled});
  maker.node("Relu", "r", {"sum"});
  (void)maker.quantize("r", "y", 0.75F, 11);
  const Graph graph = load(maker.output("y").model);
  ASSERT_EQ(graph.nodes.size(), 2U);
  const Add expected = make_add(0.5, 0.5, 0.75, {11, 11, 255});
  EXPECT_EQ(text_of(graph.nodes[1].operation), text_of(Operation(expected)));
}

TEST(ImportTest, ReluBehindCodesIsANodeOfItsOwn) {
  ModelMaker maker({2, 2, 2});
  maker.node("Relu", "r", {maker.real_input()});
  (void)maker.quantize("r", "y", 0.5F, 3);
  EXPECT_EQ(only_node(load(maker.output("y").model)), "relu ");
}

TEST(ImportTest, BatchMayBeSymbolicAndMetadataGivePreprocessing) {
  ModelMaker maker = qlinear_conv(TensorProto::UINT8);
  auto& dims = *maker.model.mutable_graph()
                    ->mutable_input(0)
                    ->mutable_type()
                    ->mutable_tensor_type()
                    ->mutable_shape();
  dims.mutable_dim(0)->set_dim_param("batch");
  EXPECT_THAT(load(maker.model).preprocessing.mean, ElementsAre(0.0, 0.0));
  EXPECT_THAT(load(maker.model).preprocessing.deviation, ElementsAre(1.0, 1.0));
  auto& mean = *maker.model.add_metadata_props();
  mean.set_key("brownout.mean");
  mean.set_value("0.5,-1e-3");
  EXPECT_THAT(load(maker.model).preprocessing.mean, ElementsAre(0.5, -1e-3));
}

TEST(ImportTest, An8BitInputHasItsScaleFromItsReader) {
  ModelMaker maker = qlinear_conv(TensorProto::INT8);
  auto& graph = *maker.model.mutable_graph();
  graph.mutable_node()->DeleteSubrange(0, 1);  // QuantizeLinear of the image
  graph.mutable_input(0)->set_name("x");
  graph.mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::INT8);
  EXPECT_EQ(text_of(load(maker.model)), text_of(load(qlinear_conv(TensorProto::UINT8).model)));
}

}  // namespace
}  // namespace brownout::models
