// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/window_attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/error.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models::onnx_import {
namespace {

Window read(const onnx::NodeProto& node, const Shape& input) {
  return read_window(NodeView(node), input, {});
}

onnx::NodeProto pooling(const std::vector<int>& kernel, const std::vector<int>& strides) {
  onnx::NodeProto node;
  set_ints(node, "kernel_shape", kernel);
  set_ints(node, "strides", strides);
  return node;
}

TEST(WindowAttributesTest, DefaultsAreStrideOneWithoutPadding) {
  onnx::NodeProto node;
  const Window w = read_window(NodeView(node), {1, 8, 8}, KernelExtent{3, 5});
  EXPECT_EQ(w.kernel_h, 3);
  EXPECT_EQ(w.kernel_w, 5);
  EXPECT_EQ(w.stride_h + w.stride_w + w.dilation_h + w.dilation_w, 4);
  EXPECT_EQ(w.pad_top + w.pad_left + w.pad_bottom + w.pad_right, 0);
}

TEST(WindowAttributesTest, SamePaddingGivesTheOddPixelToOneSide) {
  // 7 outputs of stride 2 over 14 need 6 * 2 + 4 - 14 = 2; 5 outputs over 9: 4 * 2 + 4 - 9 = 3.
  onnx::NodeProto upper = pooling({4, 4}, {2, 2});
  set_text(upper, "auto_pad", "SAME_UPPER");
  const Window u = read(upper, {1, 14, 9});
  EXPECT_EQ(output_shape({1, 14, 9}, u, 1), (Shape{1, 7, 5}));
  EXPECT_EQ(u.pad_top, 1);
  EXPECT_EQ(u.pad_bottom, 1);
  EXPECT_EQ(u.pad_left, 1);
  EXPECT_EQ(u.pad_right, 2);
  onnx::NodeProto lower = pooling({4, 4}, {2, 2});
  set_text(lower, "auto_pad", "SAME_LOWER");
  const Window l = read(lower, {1, 14, 9});
  EXPECT_EQ(l.pad_left, 2);
  EXPECT_EQ(l.pad_right, 1);
}

TEST(WindowAttributesTest, CeilModeAddsTheMissingPadding) {
  onnx::NodeProto node = pooling({3, 3}, {2, 2});
  EXPECT_EQ(output_shape({1, 13, 14}, read(node, {1, 13, 14}), 1), (Shape{1, 6, 6}));
  set_int(node, "ceil_mode", 1);
  EXPECT_EQ(output_shape({1, 13, 14}, read(node, {1, 13, 14}), 1), (Shape{1, 6, 7}));
}

TEST(WindowAttributesTest, CeilModeStartsNoWindowInTheFinalPadding) {
  // Rounding up would put a third window at 4, where only padding is left of 3 + 1 + 1 pixels.
  onnx::NodeProto node = pooling({1, 1}, {2, 2});
  set_int(node, "ceil_mode", 1);
  EXPECT_EQ(output_shape({1, 4, 4}, read(node, {1, 4, 4}), 1), (Shape{1, 2, 2}));
}

TEST(WindowAttributesTest, RefusesExtentsThatMakeNoSense) {
  for (const auto& [name, values] :
       std::vector<std::pair<const char*, std::vector<int>>>{{"strides", {0, 1}},
                                                             {"strides", {1, -1}},
                                                             {"strides", {1, 5000}},
                                                             {"pads", {0, 0, -1, 0}},
                                                             {"pads", {1, 1}},
                                                             {"dilations", {0, 1}},
                                                             {"dilations", {1, 1, 1}}}) {
    onnx::NodeProto node;
    set_ints(node, "kernel_shape", {2, 2});
    set_ints(node, name, values);
    try {
      (void)read(node, {1, 8, 8});
      ADD_FAILURE() << name;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(std::string("attribute '") + name));
    }
  }
}

TEST(WindowAttributesTest, KernelShapeMustBeThatOfTheWeights) {
  onnx::NodeProto node;
  set_ints(node, "kernel_shape", {3, 3});
  EXPECT_THROW((void)read_window(NodeView(node), {1, 8, 8}, KernelExtent{3, 2}), InputError);
}

}  // namespace
}  // namespace brownout::models::onnx_import
