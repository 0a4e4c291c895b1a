// SPDX-License-Identifier: Apache-2.0
// What decoders are made of, as ONNX spells it: transposed convolution, concatenation, upsampling
// and functions of one number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/onnx/scales.h"
#include "models/requantize.h"
#include "tests/models/onnx/graph_text.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

using onnx::TensorProto;
using testing::ElementsAre;
using testing::HasSubstr;

const Operation& last_operation(const Graph& graph) { return graph.nodes.back().operation; }

std::string last_text(const ModelMaker& maker) {
  const Graph graph = load(maker.model);
  return text_of(last_operation(graph));
}

onnx::NodeProto& last_node(ModelMaker& maker) {
  onnx::GraphProto& graph = *maker.model.mutable_graph();
  return *graph.mutable_node(graph.node_size() - 1);
}

/// ConvTranspose of 2 groups, 4 input and 6 output channels, on a 5 x 4 image.
ModelMaker transposed(const std::vector<float>& scales) {
  ModelMaker maker({4, 5, 4});
  (void)maker.integers("w", TensorProto::INT8, {4, 3, 2, 3}, counting(72));
  maker.node("DequantizeLinear", "wr",
             {"w", maker.floats("ws", {static_cast<int>(scales.size())}, scales)});
  auto& node = maker.node("ConvTranspose", "y", {maker.real_input(), "wr"});
  set_int(node, "group", 2);
  set_ints(node, "strides", {2, 3});
  set_ints(node, "pads", {1, 0, 0, 2});
  set_ints(node, "output_padding", {0, 1});
  maker.output("y");
  return maker;
}

TEST(ImportConvTranspose, IsTheConvOverTheSpreadInput) {
  const Graph graph = load(transposed({0.5F, 0.25F, 0.125F}).model);
  const auto& conv = std::get<Conv>(last_operation(graph));
  EXPECT_EQ(conv.window.spread_h, 2);
  EXPECT_EQ(conv.window.spread_w, 3);
  EXPECT_EQ(conv.window.pad_top, 0);
  EXPECT_EQ(conv.window.pad_bottom, 1);
  EXPECT_EQ(conv.window.pad_left, 2);
  EXPECT_EQ(conv.window.pad_right, 2 - 2 + 1);
  // (5 - 1) * 2 - 1 + 2 rows, (4 - 1) * 3 - 2 + 3 + 1 columns.
  EXPECT_EQ(graph.tensor(graph.output).shape, (Shape{6, 9, 11}));
  // Each group has the scales of its three outputs.
  EXPECT_THAT(conv.weight_scale, ElementsAre(0.5, 0.25, 0.125, 0.5, 0.25, 0.125));
  // First weight of output 0, input 0: the last tap of the stored kernel.
  EXPECT_EQ(conv.weights.front(), counting(72)[5]);
}

TEST(ImportConvTranspose, NamesWhatItCannotBe) {
  ModelMaker shape = transposed({1.0F});
  set_ints(last_node(shape), "output_shape", {9999, 4});
  EXPECT_THAT(load_error(shape.model), HasSubstr("padding may be at most 4096"));
  EXPECT_THAT(load_error(transposed({1.0F, 2.0F}).model),
              HasSubstr("2 scales along axis 1, allowed are one, or 3 along axis 1"));
  ModelMaker crop({1, 4, 4});
  auto& node = crop.node("ConvTranspose", "y",
                         {crop.real_input(), crop.weights("w", {1, 1, 1, 1}, {1}, 1.0F)});
  set_ints(node, "pads", {1, 1, 1, 1});
  EXPECT_THAT(load_error(crop.output("y").model),
              HasSubstr("negative padding is allowed only where the input is spread"));
}

TEST(ImportConcat, RescalesEveryInput) {
  ModelMaker maker({2, 2, 2});
  const std::string real = maker.real_input();
  (void)maker.quantize(real, "coarse", 1.0F, 100);
  maker.node("Concat", "joined", {real, maker.dequantize("coarse", "coarse.real", 1.0F, 100)});
  set_int(last_node(maker), "axis", 1);
  maker.node("Relu", "r", {"joined"});
  (void)maker.quantize("r", "y", 0.75F, 11);
  const Graph graph = load(maker.output("y").model);
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(text_of(graph.nodes[1].operation),
            text_of(Operation(make_concat({0.5, 1.0}, 0.75, {11, 11, 255}))));
  EXPECT_EQ(graph.tensor(graph.output).shape, (Shape{4, 2, 2}));
}

TEST(ImportConcat, OfCodesNeedsOneCoding) {
  ModelMaker maker({2, 2, 2});
  set_int(maker.node("Concat", "y", {"x", "x", "x"}), "axis", -3);
  const Graph graph = load(maker.output("y").model);
  EXPECT_EQ(text_of(last_operation(graph)),
            text_of(Operation(make_concat({0.5, 0.5, 0.5}, 0.5, {3, 0, 255}))));
  ModelMaker other({2, 2, 2});
  (void)other.quantize(other.real_input(), "z", 0.25F, 3);
  set_int(other.node("Concat", "y", {"x", "z"}), "axis", 1);
  EXPECT_THAT(load_error(other.output("y").model), HasSubstr("different scales or zero points"));
}

TEST(ImportConcat, OnlyAlongChannels) {
  ModelMaker maker({2, 2, 2});
  set_int(maker.node("Concat", "y", {"x", "x"}), "axis", 2);
  EXPECT_THAT(load_error(maker.output("y").model),
              HasSubstr("attribute 'axis': is 2, only 1 (channels) is supported"));
}

/// Resize with `scales`; empty texts are left to their defaults.
std::string resize_error(const std::vector<float>& scales, const std::string& coordinate,
                         const std::string& rounding) {
  ModelMaker maker({2, 2, 2});
  auto& node = maker.node("Resize", "y", {"x", "", maker.floats("s", {4}, scales)});
  if (!coordinate.empty()) set_text(node, "coordinate_transformation_mode", coordinate);
  if (!rounding.empty()) set_text(node, "nearest_mode", rounding);
  return load_error(maker.output("y").model);
}

TEST(ImportResize, TakesNearestModesOnly) {
  EXPECT_EQ(resize_error({1, 1, 2, 3}, "", ""), "");
  EXPECT_EQ(resize_error({1, 1, 1.5F, 0.5F}, "asymmetric", "floor"), "");
  EXPECT_EQ(resize_error({1, 1, 2, 2}, "align_corners", "ceil"), "");
  EXPECT_THAT(resize_error({1, 1, 2, 2}, "tf_crop_and_resize", ""),
              HasSubstr("is 'tf_crop_and_resize', allowed are half_pixel, "));
  EXPECT_THAT(resize_error({1, 1, 0, 2}, "", ""), HasSubstr("scales 2 elements by 0"));
  EXPECT_THAT(resize_error({2, 1, 2, 2}, "", ""), HasSubstr("changes the batch"));
  ModelMaker linear({2, 2, 2});
  auto& node = linear.node("Resize", "y", {"x", "", linear.floats("s", {4}, {1, 1, 2, 2})});
  set_text(node, "mode", "linear");
  EXPECT_THAT(load_error(linear.output("y").model), HasSubstr("is 'linear', allowed are nearest"));
}

TEST(ImportResize, ReadsSizesAndTheOldSpellings) {
  const std::string by_two = "rearrange [0 0 1 1] x [0 0 1 1 2 2] x [0 1]";
  ModelMaker sizes({2, 2, 3});
  (void)sizes.integers("to", TensorProto::INT64, {4}, {1, 2, 4, 6});
  sizes.node("Resize", "y", {"x", "", "", "to"});
  EXPECT_EQ(last_text(sizes.output("y")), by_two);
  ModelMaker ten({2, 2, 3});
  ten.node("Resize", "y", {"x", ten.floats("s", {4}, {1, 1, 2, 2})});
  EXPECT_EQ(last_text(ten.output("y")), by_two);
  ModelMaker nine({2, 2, 3});
  nine.node("Upsample", "y", {nine.real_input(), nine.floats("s", {4}, {1, 1, 2, 2})});
  (void)nine.quantize("y", "z", 0.5F, 3);
  EXPECT_EQ(last_text(nine.output("z")), by_two);
}

/// The table that `op` behind a DequantizeLinear becomes.
Table table_of(const std::string& op, float scale, int zero_point) {
  ModelMaker maker({2, 2, 2});
  maker.node(op, "f", {maker.real_input()});
  (void)maker.quantize("f", "y", scale, zero_point);
  const Graph graph = load(maker.output("y").model);
  return std::get<Table>(last_operation(graph));
}

TEST(ImportTable, HoldsTheCodeNearestToTheFunction) {
  const auto expect_near = [](const Table& table, double scale, auto function) {
    for (int code = 0; code < 256; ++code) {
      const double real = function(0.5 * (code - 3));
      const double steps = std::clamp(real / scale + table.zero_point, 0.0, 255.0);
      EXPECT_NEAR(table.codes[static_cast<std::size_t>(code)], steps, 0.5 + 1e-9) << code;
    }
  };
  expect_near(table_of("Tanh", 1.0F / 128, 128), 1.0 / 128, [](double x) { return std::tanh(x); });
  expect_near(table_of("Sigmoid", 1.0F / 256, 0), 1.0 / 256, sigmoid);
  expect_near(table_of("LeakyRelu", 0.5F, 5), 0.5, [&](double x) { return x < 0 ? 0.01 * x : x; });
}

TEST(ImportTable, ClipsCodesAndChangesScales) {
  ModelMaker maker({2, 2, 2});
  maker.node("Clip", "c",
             {maker.real_input(), maker.floats("lo", {}, {-1}), maker.floats("hi", {}, {6})});
  (void)maker.quantize("c", "z", 0.5F, 3);
  (void)maker.quantize(maker.dequantize("z", "zr", 0.5F, 3), "y", 1.0F, 0);
  const Graph graph = load(maker.output("y").model);
  ASSERT_EQ(graph.nodes.size(), 2U);
  const auto& clip = std::get<Table>(graph.nodes[0].operation);
  for (int code = 0; code < 256; ++code) {
    EXPECT_EQ(clip.codes[static_cast<std::size_t>(code)], std::clamp(code, 1, 15));
  }
  const auto& rescale = std::get<Table>(graph.nodes[1].operation);
  EXPECT_EQ(rescale.codes[3], 0);
  EXPECT_EQ(rescale.codes[4], 1);  // 0.5 rounds up
  EXPECT_EQ(rescale.codes[5], 1);
  EXPECT_EQ(rescale.codes[255], 126);
}

TEST(ImportTable, IsNoneWhereEveryCodeStaysWhatItIs) {
  ModelMaker maker({2, 2, 2}, 0);  // no negative codes
  maker.node("LeakyRelu", "f", {maker.real_input()});
  auto& pool = maker.node("MaxPool", "y", {maker.quantize("f", "q", 0.5F, 0)});
  set_ints(pool, "kernel_shape", {2, 2});
  const Graph graph = load(maker.output("y").model);
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<MaxPool>(last_operation(graph)));
}

TEST(ImportRearrange, ThatLeavesNothingToDoIsNoNetwork) {
  ModelMaker maker({2, 2, 2});
  const std::string turn = maker.integers("turn", TensorProto::INT64, {2}, {1, 0});
  set_int(maker.node("Gather", "a", {"x", turn}), "axis", 2);
  EXPECT_EQ(load_error(ModelMaker(maker).output("a").model), "");
  set_int(maker.node("Gather", "b", {"a", turn}), "axis", 2);
  EXPECT_THAT(load_error(maker.output("b").model), HasSubstr("has no layers"));
}

}  // namespace
}  // namespace brownout::models
