// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/float_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "models/quantizer/float_evaluate.h"
#include "sim/core/error.h"
#include "tests/models/onnx/float_maker.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<float> run(const FloatNetwork& network, const std::vector<float>& image) {
  return evaluate(network, image).back();
}

/// 1 x 1 convolution of one channel by `weight`.
void add_conv(FloatMaker& maker, const std::string& name, const std::string& input, float weight) {
  maker.node("Conv", name, {input, maker.floats(name + "_w", {1, 1, 1, 1}, {weight})});
}

TEST(FloatImport, AbsorbsBatchNormAndProductsButKeepsTheWeights) {
  FloatMaker maker({1, 1, 1});
  add_conv(maker, "conv", "image", 2.0F);
  maker.node("BatchNormalization", "norm",
             {"conv", maker.floats("gamma", {1}, {3.0F}), maker.floats("beta", {1}, {1.0F}),
              maker.floats("mean", {1}, {4.0F}), maker.floats("variance", {1}, {0.25F})});
  maker.node("Mul", "scaled", {"norm", maker.floats("two", {}, {2.0F})});
  maker.node("Relu", "y", {"scaled"});
  const FloatNetwork network = maker.output("y").load();
  ASSERT_EQ(network.nodes.size(), 1U);
  const auto& conv = std::get<FloatConv>(network.nodes.front().operation);
  EXPECT_EQ(conv.weights, (std::vector<float>{2.0F}));
  EXPECT_TRUE(conv.relu);
  // 2 * (3 * (2 x - 4) / 0.5 + 1) at x = 3; epsilon moves it a little.
  EXPECT_NEAR(run(network, {3.0F}).front(), 26.0F, 1e-3F);
  EXPECT_EQ(run(network, {1.0F}).front(), 0.0F);
}

TEST(FloatImport, LeavesAValueThatOthersReadAlone) {
  FloatMaker maker({1, 1, 1});
  add_conv(maker, "conv", "image", 1.0F);
  maker.node("Relu", "positive", {"conv"});
  maker.node("Add", "y", {"conv", "positive"});
  EXPECT_EQ(run(maker.output("y").load(), {-3.0F}).front(), -3.0F);
}

TEST(FloatImport, DropsWhatLeadsNowhere) {
  FloatMaker maker({1, 2, 2});
  add_conv(maker, "conv", "image", 2.0F);
  add_conv(maker, "dead", "conv", 5.0F);
  add_conv(maker, "y", "conv", 3.0F);
  maker.node("Tanh", "later", {"y"});
  const FloatNetwork network = maker.output("y").load();
  EXPECT_EQ(network.nodes.size(), 2U);
  EXPECT_THAT(run(network, {1, 2, 3, 4}), ElementsAre(6, 12, 18, 24));
}

TEST(FloatImport, FoldsShapeArithmetic) {
  FloatMaker maker({2, 2, 2});
  maker.node("Shape", "shape", {"image"});
  maker.node("Gather", "batch", {"shape", maker.integers("zero", {0})});
  maker.node("Concat", "target", {"batch", maker.integers("rest", {-1})})
      .add_attribute()
      ->set_name("axis");
  auto& axis = *maker.model.mutable_graph()->mutable_node(2)->mutable_attribute(0);
  axis.set_type(onnx::AttributeProto::INT);
  axis.set_i(0);
  maker.node("Reshape", "flat", {"image", "target"});
  maker.node("Gemm", "y", {"flat", maker.floats("w", {8, 1}, {1, 2, 3, 4, 5, 6, 7, 8})});
  // The image is HWC here, [channel 0, channel 1] by pixel; weights count it as CHW.
  EXPECT_THAT(run(maker.output("y").load(), {1, 10, 0, 0, 0, 0, 0, 0}), ElementsAre(1 + 50));
}

TEST(FloatImport, MergesMovesAndPaddingIntoWhatFollows) {
  FloatMaker maker({1, 4, 4});
  maker.node("Pad", "framed", {"image", maker.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1})});
  auto& pool = maker.node("Conv", "y",
                          {"framed", maker.floats("w", {1, 1, 3, 3}, std::vector<float>(9, 1.0F))});
  static_cast<void>(pool);
  const FloatNetwork network = maker.output("y").load();
  ASSERT_EQ(network.nodes.size(), 1U);
  EXPECT_EQ(std::get<FloatConv>(network.nodes.front().operation).window.pad_top, 1);
  EXPECT_EQ(run(network, std::vector<float>(16, 1.0F)).front(), 4.0F);
}

TEST(FloatImport, TakesChannelShuffles) {
  FloatMaker maker({4, 1, 1});
  maker.node("Reshape", "groups", {"image", maker.integers("g", {0, 2, 2, 1, 1})});
  auto& transpose = maker.node("Transpose", "swapped", {"groups"});
  auto& perm = *transpose.add_attribute();
  perm.set_name("perm");
  perm.set_type(onnx::AttributeProto::INTS);
  for (const int axis : {0, 2, 1, 3, 4}) perm.add_ints(axis);
  maker.node("Reshape", "shuffled", {"swapped", maker.integers("s", {0, 4, 1, 1})});
  maker.node("Relu", "y", {"shuffled"});
  EXPECT_THAT(run(maker.output("y").load(), {1, 2, 3, 4}), ElementsAre(1, 3, 2, 4));
}

TEST(FloatImport, TakesChannelsLastInputs) {
  FloatMaker maker({2, 1, 3});
  auto& transpose = maker.node("Transpose", "chw", {"image"});
  auto& perm = *transpose.add_attribute();
  perm.set_name("perm");
  perm.set_type(onnx::AttributeProto::INTS);
  for (const int axis : {0, 3, 1, 2}) perm.add_ints(axis);
  maker.node("Relu", "y", {"chw"});
  const FloatNetwork network = maker.output("y").load();
  EXPECT_EQ(network.input, (Shape{3, 2, 1}));
  EXPECT_THAT(run(network, {1, 2, 3, 4, 5, 6}), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(FloatImport, NamesEverythingItCannotTake) {
  FloatMaker maker({1, 4, 4});
  maker.node("Erf", "first", {"image"});
  auto& pool = maker.node("MaxPool", "second", {"image"});
  auto& attribute = *pool.add_attribute();
  attribute.set_name("magic");
  attribute.set_type(onnx::AttributeProto::INT);
  maker.node("Mul", "third", {"image", "image"});
  maker.node("Softmax", "fourth", {"image"});
  maker.node("Relu", "y", {"image"});
  const std::string refusal = maker.output("y").refusal();
  EXPECT_THAT(refusal, HasSubstr("node 'first' (Erf): the operator is not supported"));
  EXPECT_THAT(refusal, HasSubstr("node 'second' (MaxPool): attribute 'magic': is not supported"));
  EXPECT_THAT(refusal, HasSubstr("node 'third' (Mul): works on two activations"));
  EXPECT_THAT(refusal, HasSubstr("node 'fourth' (Softmax): is supported only as"));
}

TEST(FloatImport, RefusesTransposedImagesItCannotMove) {
  FloatMaker maker({2, 2, 2});
  auto& transpose = maker.node("Transpose", "swapped", {"image"});
  auto& perm = *transpose.add_attribute();
  perm.set_name("perm");
  perm.set_type(onnx::AttributeProto::INTS);
  for (const int axis : {0, 2, 1, 3}) perm.add_ints(axis);
  maker.node("Relu", "y", {"swapped"});
  EXPECT_THAT(maker.output("y").refusal(), HasSubstr("mixes channels and pixels"));
}

TEST(FloatImport, RefusesOperatorsWithoutInputs) {
  for (const char* op : {"Add",        "AveragePool", "BatchNormalization",
                         "Clip",       "Concat",      "Constant",
                         "Conv",       "Div",         "ConvTranspose",
                         "Dropout",    "Elu",         "Flatten",
                         "Gather",     "Gemm",        "GlobalAveragePool",
                         "Identity",   "LeakyRelu",   "MatMul",
                         "MaxPool",    "Mul",         "Pad",
                         "Relu",       "Reshape",     "Resize",
                         "ReduceMean", "Sigmoid",     "Slice",
                         "Softmax",    "Squeeze",     "Sub",
                         "Tanh",       "Transpose",   "Unsqueeze",
                         "Upsample",   "HardSwish",   "HardSigmoid"}) {
    for (const std::vector<std::string>& inputs :
         {std::vector<std::string>{}, {""}, {"", ""}, {"image"}, {"image", ""}, {"", "image"}}) {
      FloatMaker maker({2, 3, 3});
      maker.node(op, "y", inputs);
      const std::string refusal = maker.output("y").refusal();  // anything but an InputError fails
      EXPECT_TRUE(!inputs.empty() || !refusal.empty()) << op;
    }
  }
}

TEST(FloatImport, RefusesWeightsThatAreNotNumbers) {
  for (const float weight :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    FloatMaker maker({1, 1, 1});
    add_conv(maker, "y", "image", weight);
    EXPECT_THAT(maker.output("y").refusal(), HasSubstr("'y_w': holds"));
  }
}

TEST(FloatImport, RefusesQuantisedNetworks) {
  ModelMaker maker({1, 1, 1});
  maker.node("Relu", "y", {maker.real_input()});
  const std::string file = test_file("float_import_quantised.onnx");
  std::ofstream(file, std::ios::binary) << maker.output("y").model.SerializeAsString();
  EXPECT_FALSE(is_float_onnx(file));
  EXPECT_THROW(static_cast<void>(load_float_onnx(file)), InputError);
}

}  // namespace
}  // namespace brownout::models
