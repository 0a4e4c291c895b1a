// SPDX-License-Identifier: Apache-2.0
// Convolutions and linear layers, all of which become Conv.
#include <fmt/format.h>

#include <utility>

#include "models/onnx/coding.h"
#include "models/onnx/operators.h"
#include "models/onnx/scales.h"
#include "models/onnx/window_attributes.h"
#include "models/transposed_conv.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using onnx::TensorProto;

/// A Conv with zero bias from [out][in / groups][height][width] weights and the node's attributes.
Conv make_conv(const Context& context, const Shape& input, Weights weights) {
  Conv conv;
  conv.window = read_window(context.node(), input, KernelExtent{weights.dims[2], weights.dims[3]});
  const std::int64_t groups = context.node().integer("group", 1);
  if (groups < 1 || groups > input.channels || groups * weights.dims[1] != input.channels) {
    throw InputError(
        fmt::format("attribute 'group': {} groups of {} input channels, the input has {}", groups,
                    weights.dims[1], input.channels));
  }
  conv.groups = static_cast<int>(groups);
  conv.bias.assign(static_cast<std::size_t>(weights.dims[0]), 0);
  conv.weights = std::move(weights.codes);
  conv.weight_scale = std::move(weights.scale);
  return conv;
}

/// A Conv with zero bias from a transposed one's weights [in][out / groups][height][width].
Conv make_transposed_conv(const Context& context, const Shape& input, const Weights& weights) {
  const TransposedWindow window =
      read_transposed_window(context.node(), input, {weights.dims[2], weights.dims[3]});
  const std::int64_t groups = context.node().integer("group", 1);
  if (weights.dims[0] != input.channels || groups < 1 || input.channels % groups != 0) {
    throw InputError(
        fmt::format("attribute 'group': {} groups, weights of {} input channels, the input has {}",
                    groups, weights.dims[0], input.channels));
  }
  Conv conv = transposed_conv(window, static_cast<int>(groups), input.channels, weights.codes);
  // One scale per channel of a group serves that channel of every group.
  const std::size_t repeats = weights.scale.size() == 1 ? 1 : static_cast<std::size_t>(groups);
  for (std::size_t i = 0; i < repeats; ++i) {
    conv.weight_scale.insert(conv.weight_scale.end(), weights.scale.begin(), weights.scale.end());
  }
  conv.bias.assign(static_cast<std::size_t>(groups) * static_cast<std::size_t>(weights.dims[1]), 0);
  return conv;
}

/// A Conv with zero bias covering the whole input from an [out][in] matrix.
Conv make_linear(const GraphBuilder& builder, const ActivationValue& input, Weights matrix) {
  const Shape& shape = builder.shape(input);
  const bool is_vector = input.flattened || (shape.height == 1 && shape.width == 1);
  if (!is_vector) throw InputError("input is an image; flatten it first");
  if (static_cast<std::size_t>(matrix.dims[1]) != shape.elements()) {
    throw InputError(fmt::format("weights take {} inputs, the input has {} elements",
                                 matrix.dims[1], shape.elements()));
  }
  Conv conv;
  conv.window.kernel_h = shape.height;
  conv.window.kernel_w = shape.width;
  conv.bias.assign(static_cast<std::size_t>(matrix.dims[0]), 0);
  conv.weights = std::move(matrix.codes);
  conv.weight_scale = std::move(matrix.scale);
  return conv;
}

/// Weights of a float operator: a constant behind DequantizeLinear.
const CodedConstant& real_weights(const Context& context, int input) {
  const Value& value = context.value(input);
  const auto* constant = std::get_if<CodedConstant>(&value);
  if (constant != nullptr && constant->real) return *constant;
  throw InputError(fmt::format("weights '{}' are {}, only dequantised constants are supported",
                               context.node().input(input), describe(value)));
}

/// Weights of a QLinear operator: a constant at `input`, scale and zero point behind it.
CodedConstant coded_weights(const Context& context, int input, int channel_axis) {
  const Constant& source = context.constant(input);
  const Coding coding = context.coding(input + 1, source.type());
  if (coding.type != source.type()) {
    throw InputError("weights and their zero point have different types");
  }
  return {source, coding, channel_axis, false};
}

void set_bias(const Context& context, int input, const ActivationValue& activation, Conv& conv) {
  if (!context.has(input)) return;
  const Value& value = context.value(input);
  const auto scale = accumulator_scale(context.builder().tensor(activation.tensor), conv);
  const auto channels = static_cast<int>(conv.bias.size());
  const auto* coded = std::get_if<CodedConstant>(&value);
  conv.bias = coded != nullptr ? read_bias(*coded, scale, channels)
                               : read_bias(context.constant(input), scale, channels);
}

PendingOperation pending_conv(const Context& context, const ActivationValue& input, Conv conv) {
  PendingOperation operation;
  operation.node = {context.node().name(), std::move(conv), {input.tensor}, {}};
  return operation;
}

}  // namespace

void import_conv(const Context& context) {
  const ActivationValue& input = context.real_activation(0);
  Conv conv = make_conv(context, context.builder().shape(input),
                        read_weights(real_weights(context, 1), 4, 0));
  set_bias(context, 2, input, conv);
  PendingOperation operation = pending_conv(context, input, std::move(conv));
  operation.has_bias = context.has(2);
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_conv_transpose(const Context& context) {
  const ActivationValue& input = context.real_activation(0);
  Conv conv = make_transposed_conv(context, context.builder().shape(input),
                                   read_weights(real_weights(context, 1), 4, 1));
  set_bias(context, 2, input, conv);
  PendingOperation operation = pending_conv(context, input, std::move(conv));
  operation.has_bias = context.has(2);
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_gemm(const Context& context) {
  const NodeView& node = context.node();
  for (const char* factor : {"alpha", "beta"}) {
    if (node.real(factor, 1.0) != 1.0) {
      throw InputError(fmt::format("attribute '{}': is {}, only 1 is supported", factor,
                                   node.real(factor, 1.0)));
    }
  }
  node.expect("transA", 0, 0);
  const ActivationValue& input = context.real_activation(0);
  const bool output_first = node.integer("transB", 0) != 0;
  Weights weights = read_weights(real_weights(context, 1), 2, output_first ? 0 : 1);
  if (!output_first) weights = transposed(weights);
  Conv conv = make_linear(context.builder(), input, std::move(weights));
  set_bias(context, 2, input, conv);
  PendingOperation operation = pending_conv(context, input, std::move(conv));
  operation.is_vector = true;
  operation.has_bias = context.has(2);
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_matmul(const Context& context) {
  const ActivationValue& input = context.real_activation(0);
  Weights weights = transposed(read_weights(real_weights(context, 1), 2, 1));
  PendingOperation operation =
      pending_conv(context, input, make_linear(context.builder(), input, std::move(weights)));
  operation.is_vector = true;
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_qlinear_conv(const Context& context) {
  const ActivationValue input = context.coded_activation(0, 1);
  const Coding coding = context.coding(6, TensorProto::UINT8);
  Conv conv = make_conv(context, context.builder().shape(input),
                        read_weights(coded_weights(context, 3, 0), 4, 0));
  if (context.has(8)) {
    const Constant& bias = context.constant(8);
    const Coding steps{accumulator_scale(context.builder().tensor(input.tensor), conv), 0,
                       TensorProto::INT32};
    if (bias.type() != TensorProto::INT32) throw InputError("the bias must be int32");
    conv.bias = read_bias(CodedConstant{bias, steps, 0, false}, steps.scale,
                          static_cast<int>(conv.bias.size()));
  }
  context.define(context.builder().add_requantized(pending_conv(context, input, std::move(conv)),
                                                   coding, context.output()));
}

void import_qlinear_matmul(const Context& context) {
  const ActivationValue input = context.coded_activation(0, 1);
  const Coding coding = context.coding(6, TensorProto::UINT8);
  Weights weights = transposed(read_weights(coded_weights(context, 3, 1), 2, 1));
  PendingOperation operation =
      pending_conv(context, input, make_linear(context.builder(), input, std::move(weights)));
  context.define(context.builder().add_requantized(std::move(operation), coding, context.output()));
}

}  // namespace brownout::models::onnx_import
