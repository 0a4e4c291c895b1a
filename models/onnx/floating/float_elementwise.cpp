// SPDX-License-Identifier: Apache-2.0
// Sums, products with constants, and functions of one number.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/onnx/floating/float_operators.h"
#include "models/onnx/scales.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Numbers of a constant broadcast against an activation: one, or one a channel.
std::vector<float> channel_numbers(const FloatContext& context, int constant, int activation) {
  const Numbers numbers = context.constant(constant);
  std::vector<float> values = context.floats(constant);
  if (values.size() == 1) return values;
  Extents dims = numbers.dims;
  const Extents& own = context.activation(activation).dims;
  dims.insert(dims.begin(), own.size() > dims.size() ? own.size() - dims.size() : 0, 1);
  const std::int64_t count = context.channels(activation);  // or there is no dimension 1
  Extents channels(own.size(), 1);
  channels[1] = count;
  if (dims != channels) {
    throw InputError(fmt::format(
        "constant '{}' is [{}] against [{}]; supported are one number and "
        "one for each channel",
        context.node().input(constant), fmt::join(numbers.dims, ", "), fmt::join(own, ", ")));
  }
  return values;
}

void add_activations(const FloatContext& context) {
  const Extents& a = context.activation(0).dims;
  const Extents& b = context.activation(1).dims;
  if (a != b) {
    throw InputError(fmt::format("adds [{}] and [{}]; only equal extents are supported",
                                 fmt::join(a, ", "), fmt::join(b, ", ")));
  }
  const std::size_t first = context.image(0);
  const std::size_t second = context.image(1);
  context.define(
      context.builder().add({context.name(), FloatAdd{}, {first, second}}, a.size() == 2));
}

/// The same handler sees the activation first.
struct Operands2 {
  int activation = 0;
  int constant = 1;
};
Operands2 operands(const FloatContext& context) {
  if (context.is_constant(1)) return {0, 1};
  if (context.is_constant(0)) return {1, 0};
  throw InputError("works on two activations; supported is one and a constant");
}

void clip(const FloatContext& context, double lowest, double highest) {
  if (!(lowest <= highest)) {
    throw InputError(fmt::format("clips to {} .. {}, which is empty", lowest, highest));
  }
  if (FloatNode* before = context.builder().extendable(context.node().input(0));
      before != nullptr && lowest == 0) {
    const auto rectify = [&](auto& layer) {
      layer.relu = true;
      layer.ceiling = std::min(layer.ceiling, highest);
      context.define(FloatValue(context.activation(0)));
    };
    if (auto* conv = std::get_if<FloatConv>(&before->operation)) return rectify(*conv);
    if (auto* add = std::get_if<FloatAdd>(&before->operation)) return rectify(*add);
  }
  context.define_node(FloatFunction{
      "clip", [lowest, highest](double x) { return std::clamp(x, lowest, highest); }});
}

double bound(const FloatContext& context, int input, const char* attribute, double fallback) {
  if (!context.has(input)) return context.node().real(attribute, fallback);
  const Numbers value = context.constant(input);  // may be infinite
  if (value.size() != 1 || !value.is_float()) {
    throw InputError(fmt::format("bound '{}' has {} values, needed is one float",
                                 context.node().input(input), value.size()));
  }
  return value.real(0);
}

}  // namespace

void float_add(const FloatContext& context) {
  if (!context.is_constant(0) && !context.is_constant(1)) return add_activations(context);
  const Operands2 of = operands(context);
  define_affine(context, of.activation, {1.0F},
                channel_numbers(context, of.constant, of.activation));
}

void float_sub(const FloatContext& context) {
  const Operands2 of = operands(context);
  std::vector<float> offset = channel_numbers(context, of.constant, of.activation);
  if (of.constant == 1) {
    for (float& value : offset) value = -value;
  }
  define_affine(context, of.activation, {of.constant == 1 ? 1.0F : -1.0F}, offset);
}

void float_mul(const FloatContext& context) {
  const Operands2 of = operands(context);
  define_affine(context, of.activation, channel_numbers(context, of.constant, of.activation),
                {0.0F});
}

void float_div(const FloatContext& context) {
  const Operands2 of = operands(context);
  if (of.constant == 0) throw InputError("divides a constant by an activation");
  std::vector<float> gain = channel_numbers(context, 1, 0);
  for (float& value : gain) value = 1.0F / value;
  define_affine(context, 0, gain, {0.0F});
}

void float_relu(const FloatContext& context) { clip(context, 0.0, kInfinity); }

void float_clip(const FloatContext& context) {
  clip(context, bound(context, 1, "min", -kInfinity), bound(context, 2, "max", kInfinity));
}

void float_tanh(const FloatContext& context) {
  context.define_node(FloatFunction{"tanh", [](double x) { return std::tanh(x); }});
}

void float_sigmoid(const FloatContext& context) {
  context.define_node(FloatFunction{"sigmoid", sigmoid});
}

void float_hard_sigmoid(const FloatContext& context) {
  const double alpha = context.node().real("alpha", 0.2);
  const double beta = context.node().real("beta", 0.5);
  context.define_node(FloatFunction{
      "hard sigmoid", [=](double x) { return std::clamp(alpha * x + beta, 0.0, 1.0); }});
}

void float_hard_swish(const FloatContext& context) {
  context.define_node(
      FloatFunction{"hard swish", [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }});
}

void float_leaky_relu(const FloatContext& context) {
  const double alpha = context.node().real("alpha", 0.01);
  context.define_node(
      FloatFunction{"leaky ReLU", [alpha](double x) { return x < 0 ? alpha * x : x; }});
}

void float_elu(const FloatContext& context) {
  const double alpha = context.node().real("alpha", 1.0);
  context.define_node(
      FloatFunction{"ELU", [alpha](double x) { return x < 0 ? alpha * std::expm1(x) : x; }});
}

}  // namespace brownout::models::onnx_import
