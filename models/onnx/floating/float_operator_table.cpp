// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/onnx/floating/float_operators.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using Rule = OperatorRule<FloatContext>;

const std::vector<const char*>& pool_attributes() {
  static const std::vector<const char*> kNames = {"kernel_shape",      "strides",      "pads",
                                                  "dilations",         "auto_pad",     "ceil_mode",
                                                  "count_include_pad", "storage_order"};
  return kNames;
}

const std::vector<Rule>& rules() {
  static const std::vector<Rule> kRules = {
      {"Add", float_add, {"axis", "broadcast"}},
      {"AveragePool", float_average_pool, pool_attributes()},
      {"BatchNormalization", float_batch_norm, {"epsilon", "momentum", "spatial", "training_mode"}},
      {"Cast", float_identity, {"to"}},
      {"Clip", float_clip, {"min", "max"}},
      {"Concat", float_concat, {"axis"}},
      {"Constant", float_constant, {"value"}},
      {"Conv", float_conv, {"kernel_shape", "strides", "pads", "dilations", "auto_pad", "group"}},
      {"ConvTranspose",
       float_conv_transpose,
       {"kernel_shape", "strides", "pads", "dilations", "auto_pad", "group", "output_padding",
        "output_shape"}},
      {"Div", float_div, {}},
      {"Dropout", float_dropout, {"ratio", "seed"}},
      {"Elu", float_elu, {"alpha"}},
      {"Flatten", float_flatten, {"axis"}},
      {"Gather", float_rearrange, {"axis"}},
      {"Gemm", float_gemm, {"alpha", "beta", "transA", "transB", "broadcast"}},
      {"GlobalAveragePool", float_global_average_pool, {}},
      {"GlobalMaxPool", float_global_max_pool, {}},
      {"HardSigmoid", float_hard_sigmoid, {"alpha", "beta"}},
      {"HardSwish", float_hard_swish, {}},
      {"Identity", float_identity, {}},
      {"LeakyRelu", float_leaky_relu, {"alpha"}},
      {"LogSoftmax", float_softmax, {"axis"}},
      {"MatMul", float_matmul, {}},
      {"MaxPool", float_max_pool, pool_attributes()},
      {"Mul", float_mul, {}},
      {"Pad", float_rearrange, {"mode", "pads", "paddings", "value"}},
      {"ReduceMean", float_reduce_mean, {"axes", "keepdims", "noop_with_empty_axes"}},
      {"Relu", float_relu, {}},
      {"Reshape", float_reshape, {"allowzero", "shape"}},
      {"Resize",
       float_resize,
       {"mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a",
        "exclude_outside", "extrapolation_value"}},
      {"Sigmoid", float_sigmoid, {}},
      {"Slice", float_rearrange, {"axes", "ends", "starts", "steps"}},
      {"Softmax", float_softmax, {"axis"}},
      {"Squeeze", float_squeeze, {"axes"}},
      {"Sub", float_sub, {}},
      {"Tanh", float_tanh, {}},
      {"Transpose", float_transpose, {"perm"}},
      {"Unsqueeze", float_unsqueeze, {"axes"}},
      {"Upsample", float_resize, {"mode", "scales"}},
  };
  return kRules;
}

}  // namespace

const Rule* find_float_operator(const std::string& op) {
  const auto found = std::find_if(rules().begin(), rules().end(),
                                  [&](const Rule& rule) { return op == rule.name; });
  return found != rules().end() ? &*found : nullptr;
}

const FloatView& FloatContext::activation(int input) const {
  if (!has(input)) throw InputError(fmt::format("input {} is missing", input));
  const auto* view = std::get_if<FloatView>(&builder_.value(node_.input(input)));
  if (view == nullptr) {
    throw InputError(fmt::format("input '{}' is a constant, only an activation is supported",
                                 node_.input(input)));
  }
  return *view;
}

std::int64_t FloatContext::channels(int input) const {
  const Extents& dims = activation(input).dims;
  if (dims.size() > 1) return dims[1];
  throw InputError(fmt::format("input '{}' is [{}], needed are a batch and channels at least",
                               node_.input(input), fmt::join(dims, ", ")));
}

bool FloatContext::is_constant(int input) const {
  return has(input) && std::holds_alternative<Constant>(builder_.value(node_.input(input)));
}

Numbers FloatContext::constant(int input) const {
  if (!has(input)) throw InputError(fmt::format("input {} is missing", input));
  const auto* found = std::get_if<Constant>(&builder_.value(node_.input(input)));
  if (found == nullptr) {
    throw InputError(fmt::format("input '{}' is an activation, only a constant is supported",
                                 node_.input(input)));
  }
  return read_numbers(*found);
}

std::vector<float> FloatContext::floats(int input) const {
  Numbers numbers = constant(input);
  if (!numbers.is_float()) {
    throw InputError(
        fmt::format("input '{}' holds integers, needed are floats", node_.input(input)));
  }
  check_finite(std::get<1>(numbers.values), node_.input(input));
  return std::move(std::get<1>(numbers.values));
}

void check_finite(const std::vector<float>& values, const std::string& name) {
  const auto found = std::find_if_not(values.begin(), values.end(),
                                      [](float value) { return std::isfinite(value); });
  if (found == values.end()) return;
  throw InputError(
      fmt::format("constant '{}': holds {}, allowed are finite numbers", name, *found));
}

Constants::Constants(const FloatContext& context) : operands_(1, nullptr) {
  for (int i = 1; i < context.node().proto().input_size(); ++i) {
    operands_.push_back(context.has(i) ? &numbers_.emplace_back(context.constant(i)) : nullptr);
  }
}

void FloatContext::define_node(FloatOperation operation, int input) const {
  const std::size_t tensor = image(input);
  const bool is_vector = activation(input).dims.size() == 2;
  define(builder_.add({name(), std::move(operation), {tensor}}, is_vector));
}

}  // namespace brownout::models::onnx_import
