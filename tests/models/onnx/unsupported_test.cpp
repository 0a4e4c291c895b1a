// SPDX-License-Identifier: Apache-2.0
// What the importer must not accept, and that it says so for every node at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

using onnx::TensorProto;
using testing::HasSubstr;

TEST(UnsupportedTest, NamesEveryNodeAndAttributeAtOnce) {
  ModelMaker maker({1, 4, 4});
  const std::string real = maker.real_input();
  maker.node("Softplus", "s", {real});
  maker.node("Relu", "after", {"s"});  // depends on it: not reported again
  auto& pool = maker.node("MaxPool", "p", {real});
  set_ints(pool, "kernel_shape", {2, 2});
  set_int(pool, "wrong", 1);
  maker.node("Gelu", "g", {"p"}).set_domain("com.example");
  auto& conv = maker.node("Conv", "c", {real, maker.weights("w", {1, 1, 2, 2}, counting(4), 1.0F)});
  set_int(conv, "group", 3);
  EXPECT_EQ(load_error(maker.output("c").model),
            "node 's' (Softplus): the operator is not supported\n"
            "node 'p' (MaxPool): attribute 'wrong': is not supported\n"
            "node 'g' (com.example.Gelu): the operator is not supported\n"
            "node 'c' (Conv): attribute 'group': 3 groups of 1 input channels, the input has 1");
}

TEST(UnsupportedTest, FloatNetworksNeedQuantisation) {
  ModelMaker maker({1, 4, 4});
  maker.model.mutable_graph()->clear_node();
  maker.node("Relu", "r", {"image"});
  EXPECT_THAT(load_error(maker.output("r").model),
              HasSubstr("is a float network; a quantised one"));
}

struct Case {
  const char* name;
  const char* message;
  std::function<void(ModelMaker&)> build;  ///< adds the offending nodes; the output is "y"
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class UnsupportedCase : public testing::TestWithParam<Case> {};

TEST_P(UnsupportedCase, IsNamed) {
  ModelMaker maker({2, 4, 4});
  GetParam().build(maker);
  EXPECT_THAT(load_error(maker.output("y").model), HasSubstr(GetParam().message));
}

const std::vector<Case> kCases = {
    {"changed_scale", "was quantised with 0.5 and 3",
     [](ModelMaker& m) { m.dequantize("x", "y", 0.25F, 3); }},
    {"changed_type", "have different types",
     [](ModelMaker& m) { m.dequantize("x", "y", 0.5F, 3, TensorProto::INT8); }},
    {"scale_not_positive", "allowed are positive numbers",
     [](ModelMaker& m) { m.dequantize("x", "y", 0.0F, 3); }},
    {"activation_per_channel", "2 scales for an activation",
     [](ModelMaker& m) {
       m.node("DequantizeLinear", "y", {"x", m.floats("s", {2}, {1, 2})});
     }},
    {"asymmetric_weights", "zero point 5, only symmetric weights",
     [](ModelMaker& m) {
       (void)m.integers("w", TensorProto::INT8, {1, 2, 1, 1}, {1, 2});
       m.node("Conv", "y", {m.real_input(), m.dequantize("w", "wr", 1.0F, 5, TensorProto::INT8)});
     }},
    {"weights_along_inputs", "along axis 1, allowed are one, or 2 along axis 0",
     [](ModelMaker& m) {
       m.node("DequantizeLinear", "wr",
              {m.integers("w", TensorProto::INT8, {2, 2, 1, 1}, {1, 2, 3, 4}),
               m.floats("s", {2}, {1, 2})});
       m.node("Conv", "y", {m.real_input(), "wr"});
     }},
    {"float_weights", "weights 'w' are a constant, only dequantised constants",
     [](ModelMaker& m) {
       m.node("Conv", "y", {m.real_input(), m.floats("w", {1, 2, 1, 1}, {1, 2})});
     }},
    {"one_dimensional_conv", "have 3 dimensions, only 4",
     [](ModelMaker& m) {
       m.node("Conv", "y", {m.real_input(), m.weights("w", {1, 2, 1}, {1, 2}, 1.0F)});
     }},
    {"kernel_larger_than_image", "the kernel 5x5 is larger than the padded input 4x4",
     [](ModelMaker& m) {
       m.node("Conv", "y", {m.real_input(), m.weights("w", {1, 2, 5, 5}, counting(50), 1.0F)});
     }},
    {"bias_length", "the bias has 2 entries, the layer has 1 outputs",
     [](ModelMaker& m) {
       m.node("Conv", "y",
              {m.real_input(), m.weights("w", {1, 2, 1, 1}, {1, 2}, 1.0F),
               m.floats("b", {2}, {1, 2})});
     }},
    {"bias_beyond_int32", "int32 holds up to",
     [](ModelMaker& m) {
       m.node("Conv", "y",
              {m.real_input(), m.weights("w", {1, 2, 1, 1}, {1, 2}, 1.0F),
               m.floats("b", {1}, {1e10F})});
     }},
    {"gemm_of_image", "input is an image; flatten it first",
     [](ModelMaker& m) {
       m.node("Gemm", "y", {m.real_input(), m.weights("w", {4, 1}, counting(4), 1.0F)});
     }},
    {"gemm_size", "weights take 5 inputs, the input has 32 elements",
     [](ModelMaker& m) {
       m.node("Flatten", "f", {m.real_input()});
       m.node("Gemm", "y", {"f", m.weights("w", {5, 1}, counting(5), 1.0F)});
     }},
    {"gemm_transposed_input", "attribute 'transA': is 1, only 0",
     [](ModelMaker& m) {
       auto& gemm =
           m.node("Gemm", "y", {m.real_input(), m.weights("w", {32, 1}, counting(32), 1.0F)});
       set_int(gemm, "transA", 1);
     }},
    {"exclusive_padding", "attribute 'count_include_pad': is 0",
     [](ModelMaker& m) {
       auto& pool = m.node("AveragePool", "y", {m.real_input()});
       set_ints(pool, "kernel_shape", {2, 2});
       set_ints(pool, "pads", {1, 1, 0, 0});
     }},
    {"unquantised_sum", "output 'y': is not quantised",
     [](ModelMaker& m) {
       const std::string real = m.real_input();
       m.node("Add", "y", {real, real});
     }},
    {"relu_on_logits", "output 'y': is not quantised",
     [](ModelMaker& m) {
       m.node("Conv", "c", {m.real_input(), m.weights("w", {1, 2, 1, 1}, {1, 2}, 1.0F)});
       m.node("Relu", "y", {"c"});
     }},
    {"unquantised_operand", "input 'c' is an unquantised result",
     [](ModelMaker& m) {
       m.node("Conv", "c", {m.real_input(), m.weights("w", {2, 2, 1, 1}, counting(4), 1.0F)});
       m.node("Add", "y", {"c", m.dequantize("x", "x2", 0.5F, 3)});
     }},
    {"two_readers", "input 'c' is read 2 times before it is quantised",
     [](ModelMaker& m) {
       m.node("Conv", "c", {m.real_input(), m.weights("w", {2, 2, 1, 1}, counting(4), 1.0F)});
       m.node("Relu", "r", {"c"});
       (void)m.quantize("c", "y", 1.0F, 0);
     }},
    {"broadcast_addition", "adds tensors of different shapes",
     [](ModelMaker& m) {
       m.node("MaxPool", "p", {"x"});
       set_ints(*m.model.mutable_graph()->mutable_node()->rbegin(), "kernel_shape", {4, 4});
       m.node("Add", "s", {m.real_input(), m.dequantize("p", "pr", 0.5F, 3)});
       (void)m.quantize("s", "y", 1.0F, 0);
     }},
    {"reshape_to_image", "reshapes to [0, 4, 4, 2], only [batch, 32] and [batch, 32, 1, 1]",
     [](ModelMaker& m) {
       m.node("Reshape", "y", {"x", m.integers("s", TensorProto::INT64, {4}, {0, 4, 4, 2})});
     }},
    {"flatten_axis", "attribute 'axis': is 2",
     [](ModelMaker& m) { set_int(m.node("Flatten", "y", {"x"}), "axis", 2); }},
    {"training_dropout", "input 'training_mode': only false",
     [](ModelMaker& m) {
       m.node("Dropout", "y", {"x", "", m.integers("t", TensorProto::BOOL, {}, {1})});
     }},
    {"second_output", "output 'mask': only the first output may be used",
     [](ModelMaker& m) {
       m.node("Dropout", "d", {"x"}).add_output("mask");
       m.node("Identity", "y", {"mask"});
     }},
    {"activation_weights", "weights 'x.real' are a dequantised activation",
     [](ModelMaker& m) {
       const std::string real = m.real_input();
       m.node("Conv", "y", {real, real});
     }},
    {"ratio", "node 'y' (QuantizeLinear): requantisation ratio",
     [](ModelMaker& m) {
       m.node("Conv", "c", {m.real_input(), m.weights("w", {1, 2, 1, 1}, {1, 2}, 1e-30F)});
       (void)m.quantize("c", "y", 1.0F, 0);
     }},
};

INSTANTIATE_TEST_SUITE_P(Operators, UnsupportedCase, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace brownout::models
