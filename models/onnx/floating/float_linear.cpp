// SPDX-License-Identifier: Apache-2.0
// Convolutions, linear layers and batch norm.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/onnx/floating/float_operators.h"
#include "models/onnx/transposed_matrix.h"
#include "models/onnx/window_attributes.h"
#include "models/transposed_conv.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

Numbers weights_of(const FloatContext& context, std::size_t rank) {
  Numbers weights = context.constant(1);
  if (!weights.is_float() || weights.dims.size() != rank || weights.size() == 0) {
    throw InputError(fmt::format("weights '{}' have {} dimensions, needed are floats with {}",
                                 context.node().input(1), weights.dims.size(), rank));
  }
  check_finite(std::get<1>(weights.values), context.node().input(1));
  return weights;
}

void set_bias(const FloatContext& context, FloatConv& conv) {
  if (!context.has(2)) return;
  conv.bias = context.floats(2);
  if (conv.bias.size() == 1) conv.bias.resize(static_cast<std::size_t>(conv.outputs), conv.bias[0]);
  if (conv.bias.size() != static_cast<std::size_t>(conv.outputs)) {
    throw InputError(fmt::format("bias '{}' has {} values, the layer has {} outputs",
                                 context.node().input(2), conv.bias.size(), conv.outputs));
  }
}

int group_count(const FloatContext& context) {
  const std::int64_t groups = context.node().integer("group", 1);
  if (groups < 1 || groups > (1 << 24)) {
    throw InputError(fmt::format("attribute 'group': is {}, allowed are 1 and more", groups));
  }
  return static_cast<int>(groups);
}

[[noreturn]] void reject_groups(int groups, std::int64_t inputs, int channels) {
  throw InputError(
      fmt::format("attribute 'group': {} groups, weights of {} input channels, the "
                  "input has {}",
                  groups, inputs, channels));
}

/// The layer over all of `view`, a vector, from an [out][in] matrix; its bias is still missing.
void define_linear(const FloatContext& context, const FloatView& view, FloatConv conv,
                   std::size_t inputs) {
  FloatBuilder& builder = context.builder();
  if (view.dims.size() != 2) {
    throw InputError(fmt::format("input 0 has {} dimensions, supported is a vector [1, {}]",
                                 view.dims.size(), inputs));
  }
  // A flattened image needs no moving: the kernel covers it.
  const std::size_t tensor = in_order(view) ? view.tensor : builder.image(view, context.name());
  const Shape& shape = builder.shape(tensor);
  if (shape.elements() != inputs || view.dims.front() != 1) {
    throw InputError(
        fmt::format("weights take {} inputs, the input has {} elements", inputs, shape.elements()));
  }
  conv.window.kernel_h = shape.height;
  conv.window.kernel_w = shape.width;
  context.define(builder.add({context.name(), std::move(conv), {tensor}}, true));
}

/// The weights' matrix the other way round.
std::vector<float> transposed(const Numbers& weights) {
  return transposed_matrix(std::get<1>(weights.values), static_cast<std::size_t>(weights.dims[0]),
                           static_cast<std::size_t>(weights.dims[1]));
}

/// A value for each channel, of which one may stand for all.
std::vector<float> spread(std::vector<float> values, std::size_t channels) {
  if (values.size() == 1) values.resize(channels, values.front());
  return values;
}

/// y = gain x + offset as a batch norm, which has it in other numbers.
BatchNorm as_batch_norm(const std::vector<float>& gain, const std::vector<float>& offset) {
  const std::vector<float> zeros(gain.size(), 0.0F);
  return {gain, offset, zeros, std::vector<float>(gain.size(), 1.0F), 0.0};
}

/// `norm` behind whatever affine `conv` ends with.
void append(FloatConv& conv, const BatchNorm& norm) {
  if (!conv.batch_norm) {
    conv.batch_norm = norm;
    return;
  }
  FloatConv behind;
  behind.batch_norm = norm;
  std::vector<float> gain;
  std::vector<float> offset;
  for (std::size_t c = 0; c < norm.gamma.size(); ++c) {
    const ChannelAffine first = channel_affine(conv, c);
    const ChannelAffine second = channel_affine(behind, c);
    gain.push_back(static_cast<float>(second.gain * first.gain));
    offset.push_back(static_cast<float>(second.gain * first.offset + second.offset));
  }
  check_finite(gain, "product of gains");
  check_finite(offset, "sum of offsets");
  conv.bias.clear();  // is part of the offset
  conv.batch_norm = as_batch_norm(gain, offset);
}

/// Into the layer before, or as a depthwise layer of unit weights.
void define_norm(const FloatContext& context, int input, const BatchNorm& norm) {
  FloatNode* before = context.builder().extendable(context.node().input(input));
  auto* conv = before != nullptr ? std::get_if<FloatConv>(&before->operation) : nullptr;
  if (conv != nullptr && !conv->relu &&
      norm.gamma.size() == static_cast<std::size_t>(conv->outputs)) {
    append(*conv, norm);
    context.define(FloatValue(context.activation(input)));
    return;
  }
  FloatConv layer;
  layer.outputs = layer.groups = static_cast<int>(norm.gamma.size());
  layer.weights.assign(norm.gamma.size(), 1.0F);
  layer.batch_norm = norm;
  context.define_node(std::move(layer), input);
}

}  // namespace

void float_conv(const FloatContext& context) {
  const std::size_t tensor = context.image(0);
  const Shape& shape = context.builder().shape(tensor);
  Numbers weights = weights_of(context, 4);
  FloatConv conv;
  conv.window = read_window(
      context.node(), shape,
      KernelExtent{static_cast<int>(weights.dims[2]), static_cast<int>(weights.dims[3])});
  conv.groups = group_count(context);
  if (conv.groups * weights.dims[1] != shape.channels) {
    reject_groups(conv.groups, weights.dims[1], shape.channels);
  }
  conv.outputs = static_cast<int>(weights.dims[0]);
  conv.weights = std::move(std::get<1>(weights.values));
  set_bias(context, conv);
  context.define(context.builder().add({context.name(), std::move(conv), {tensor}}));
}

void float_conv_transpose(const FloatContext& context) {
  const std::size_t tensor = context.image(0);
  const Shape& shape = context.builder().shape(tensor);
  const Numbers weights = weights_of(context, 4);
  const TransposedWindow window = read_transposed_window(
      context.node(), shape,
      {static_cast<int>(weights.dims[2]), static_cast<int>(weights.dims[3])});
  FloatConv conv;
  conv.groups = group_count(context);
  if (weights.dims[0] != shape.channels || shape.channels % conv.groups != 0) {
    reject_groups(conv.groups, weights.dims[0], shape.channels);
  }
  conv.window = spread_window(window);
  conv.outputs = static_cast<int>(weights.dims[1]) * conv.groups;
  conv.weights = transpose_weights(std::get<1>(weights.values), shape.channels, conv.groups,
                                   conv.window.kernel_h * conv.window.kernel_w);
  set_bias(context, conv);
  context.define(context.builder().add({context.name(), std::move(conv), {tensor}}));
}

void float_gemm(const FloatContext& context) {
  const NodeView& node = context.node();
  node.expect("transA", 0, 0);
  Numbers weights = weights_of(context, 2);
  auto& values = std::get<1>(weights.values);
  const bool output_first = node.integer("transB", 0) != 0;
  if (!output_first) {
    values = transposed(weights);
    std::swap(weights.dims[0], weights.dims[1]);
  }
  const double alpha = node.real("alpha", 1.0);
  const double beta = node.real("beta", 1.0);
  FloatConv conv;
  conv.outputs = static_cast<int>(weights.dims[0]);
  if (alpha != 1) {
    for (float& value : values) value = static_cast<float>(alpha * static_cast<double>(value));
  }
  conv.weights = std::move(values);
  set_bias(context, conv);
  for (float& value : conv.bias) value = static_cast<float>(beta * static_cast<double>(value));
  define_linear(context, context.activation(0), std::move(conv),
                static_cast<std::size_t>(weights.dims[1]));
}

void float_matmul(const FloatContext& context) {
  const Numbers weights = weights_of(context, 2);
  FloatConv conv;
  conv.outputs = static_cast<int>(weights.dims[1]);
  conv.weights = transposed(weights);
  define_linear(context, context.activation(0), std::move(conv),
                static_cast<std::size_t>(weights.dims[0]));
}

void float_batch_norm(const FloatContext& context) {
  context.node().expect("training_mode", 0, 0);
  const auto channels = static_cast<std::size_t>(context.channels(0));
  BatchNorm norm{context.floats(1), context.floats(2), context.floats(3), context.floats(4),
                 context.node().real("epsilon", 1e-5)};
  for (const auto* values : {&norm.gamma, &norm.beta, &norm.mean, &norm.variance}) {
    if (values->size() == channels) continue;
    throw InputError(fmt::format("has {} numbers for {} channels", values->size(), channels));
  }
  for (const float variance : norm.variance) {
    if (static_cast<double>(variance) + norm.epsilon > 0) continue;
    throw InputError(fmt::format("has a variance of {}, allowed are positive ones", variance));
  }
  define_norm(context, 0, norm);
}

void define_affine(const FloatContext& context, int input, const std::vector<float>& gain,
                   const std::vector<float>& offset) {
  const auto channels = static_cast<std::size_t>(context.channels(input));
  const std::size_t most = std::max(gain.size(), offset.size());
  check_finite(gain, context.node().op());  // of a division by zero it is not
  FloatNode* before = context.builder().extendable(context.node().input(input));
  const bool is_layer = before != nullptr && std::holds_alternative<FloatConv>(before->operation) &&
                        !std::get<FloatConv>(before->operation).relu;
  if (most == 1 && !is_layer) {
    const auto a = static_cast<double>(gain.front());
    const auto b = static_cast<double>(offset.front());
    context.define_node(FloatFunction{"linear", [a, b](double x) { return a * x + b; }}, input);
    return;
  }
  if (most != 1 && most != channels) {
    throw InputError(fmt::format("takes {} numbers for {} channels", most, channels));
  }
  define_norm(context, input, as_batch_norm(spread(gain, channels), spread(offset, channels)));
}

}  // namespace brownout::models::onnx_import
