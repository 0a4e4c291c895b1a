// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/onnx/coding.h"
#include "models/onnx/operators.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

const std::vector<OperatorRule<Context>>& rules() {
  static const std::vector<OperatorRule<Context>> kRules = {
      {"Add", import_add, {}},
      {"AveragePool",
       import_average_pool,
       {"kernel_shape", "strides", "pads", "dilations", "auto_pad", "ceil_mode",
        "count_include_pad"}},
      {"Clip", import_clip, {"min", "max"}},
      {"Concat", import_concat, {"axis"}},
      {"Constant", import_constant, {"value"}},
      {"Conv", import_conv, {"kernel_shape", "strides", "pads", "dilations", "auto_pad", "group"}},
      {"ConvTranspose",
       import_conv_transpose,
       {"kernel_shape", "strides", "pads", "dilations", "auto_pad", "group", "output_padding",
        "output_shape"}},
      {"DequantizeLinear", import_dequantize_linear, {"axis"}},
      {"Dropout", import_dropout, {"ratio", "seed"}},
      {"Flatten", import_flatten, {"axis"}},
      {"Gather", import_rearrange, {"axis"}},
      {"Gemm", import_gemm, {"alpha", "beta", "transA", "transB"}},
      {"GlobalAveragePool", import_global_average_pool, {}},
      {"Identity", import_identity, {}},
      {"LeakyRelu", import_leaky_relu, {"alpha"}},
      {"MatMul", import_matmul, {}},
      {"MaxPool",
       import_max_pool,
       {"kernel_shape", "strides", "pads", "dilations", "auto_pad", "ceil_mode", "storage_order"}},
      {"Pad", import_rearrange, {"mode", "pads", "paddings", "value"}},
      {"QLinearConv",
       import_qlinear_conv,
       {"kernel_shape", "strides", "pads", "dilations", "auto_pad", "group"}},
      {"QLinearMatMul", import_qlinear_matmul, {}},
      {"QuantizeLinear", import_quantize_linear, {"axis", "saturate"}},
      {"ReduceMean", import_reduce_mean, {"axes", "keepdims", "noop_with_empty_axes"}},
      {"Relu", import_relu, {}},
      {"Reshape", import_reshape, {"allowzero"}},
      {"Resize",
       import_rearrange,
       {"mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a",
        "exclude_outside", "extrapolation_value"}},
      {"Sigmoid", import_sigmoid, {}},
      {"Slice", import_rearrange, {"axes", "ends", "starts", "steps"}},
      {"Tanh", import_tanh, {}},
      {"Upsample", import_rearrange, {"mode", "scales"}},
  };
  return kRules;
}

}  // namespace

const OperatorRule<Context>* find_operator(const std::string& op) {
  const auto found =
      std::find_if(rules().begin(), rules().end(),
                   [&](const OperatorRule<Context>& rule) { return op == rule.name; });
  return found != rules().end() ? &*found : nullptr;
}

bool is_quantization_operator(const std::string& op) {
  constexpr std::array<const char*, 4> kNames = {"QuantizeLinear", "DequantizeLinear",
                                                 "QLinearConv", "QLinearMatMul"};
  return std::find(kNames.begin(), kNames.end(), op) != kNames.end();
}

const Value& Context::value(int input) const {
  if (!has(input)) throw InputError(fmt::format("input {} is missing", input));
  return builder_.value(node_.input(input));
}

const Constant& Context::constant(int input) const {
  const Value& found = value(input);
  if (const auto* constant = std::get_if<Constant>(&found)) return *constant;
  throw InputError(fmt::format("input '{}' is {}, only a constant is supported", node_.input(input),
                               describe(found)));
}

std::optional<Constant> Context::optional_constant(int input) const {
  return has(input) ? std::optional<Constant>(constant(input)) : std::nullopt;
}

Coding Context::coding(int scale, int type) const {
  return read_coding(constant(scale), optional_constant(scale + 1), type);
}

const ActivationValue& Context::real_activation(int input) const {
  const Value& found = value(input);
  const auto* activation = std::get_if<ActivationValue>(&found);
  if (activation != nullptr && activation->real) return *activation;
  throw InputError(fmt::format("input '{}' is {}, only a dequantised activation is supported",
                               node_.input(input), describe(found)));
}

ActivationValue Context::coded_activation(int input, int scale) const {
  const Value& found = value(input);
  const auto* activation = std::get_if<ActivationValue>(&found);
  if (activation == nullptr || activation->real) {
    throw InputError(fmt::format("input '{}' is {}, only codes of an activation are supported",
                                 node_.input(input), describe(found)));
  }
  const Coding given = coding(scale, activation->type);
  if (given.type != activation->type) {
    throw InputError(
        fmt::format("input '{}' and its zero point have different types", node_.input(input)));
  }
  builder_.check_coding(*activation, given);
  return *activation;
}

}  // namespace brownout::models::onnx_import
