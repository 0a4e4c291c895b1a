// SPDX-License-Identifier: Apache-2.0
// Addition, ReLU and clipping, and the operators that only move or rename data.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "models/onnx/coding.h"
#include "models/onnx/operators.h"
#include "models/onnx/scales.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_constant(const Value& value) {
  return std::holds_alternative<Constant>(value) || std::holds_alternative<CodedConstant>(value);
}

/// Whether a constant of these extents, broadcast, adds one number per output channel.
bool spans_channels(const std::vector<int>& dims, const PendingOperation& operation) {
  std::vector<int> channel_dims = {operation.shape.channels};
  if (!operation.is_vector) channel_dims.insert(channel_dims.end(), {1, 1});
  std::vector<int> padded = dims;
  if (padded.size() == channel_dims.size() + 1 && padded.front() == 1) padded.erase(padded.begin());
  return padded == channel_dims;
}

/// The Add behind a MatMul, or behind a Conv without bias.
void add_bias(const Context& context, PendingValue pending, const Value& addend) {
  PendingOperation& operation = context.builder().pending(pending);
  auto* conv = std::get_if<Conv>(&operation.node.operation);
  const auto* coded = std::get_if<CodedConstant>(&addend);
  const bool real = coded == nullptr || coded->real;
  const Constant& source = coded != nullptr ? coded->source : std::get<Constant>(addend);
  const bool clipped = operation.lowest != -kInfinity || operation.highest != kInfinity;
  if (conv == nullptr || operation.has_bias || clipped || !real ||
      !spans_channels(source.dims, operation)) {
    throw InputError("adds a constant that is not the bias of the layer before it");
  }
  const auto scale =
      accumulator_scale(context.builder().tensor(operation.node.inputs.front()), *conv);
  conv->bias = coded != nullptr ? read_bias(*coded, scale, operation.shape.channels)
                                : read_bias(source, scale, operation.shape.channels);
  operation.has_bias = true;
  context.define(pending);
}

/// Clips a pending result, or a quantised one: by a ReLU, or nothing at all, where that does it.
void clip(const Context& context, double lowest, double highest) {
  GraphBuilder& builder = context.builder();
  const Value& value = context.value(0);
  if (const auto* pending = std::get_if<PendingValue>(&value)) {
    PendingOperation& operation = builder.pending(*pending);
    operation.lowest = std::clamp(operation.lowest, lowest, highest);
    operation.highest = std::clamp(operation.highest, lowest, highest);
    context.define(*pending);
    return;
  }
  ActivationValue activation = context.real_activation(0);
  const Tensor& tensor = builder.tensor(activation.tensor);
  const int low = code_of(lowest, tensor.scale.front(), tensor.zero_point);
  const int high = code_of(highest, tensor.scale.front(), tensor.zero_point);
  if (high < 255 || (low != tensor.zero_point && low != 0)) {
    define_table(
        context, [](double x) { return x; }, lowest, highest);
    return;
  }
  if (low == tensor.zero_point && (low > 0 || lowest == 0)) {
    activation.tensor = builder.add_same_coding(
        {context.node().name(), Relu{}, {activation.tensor}, {}}, context.output());
    activation.unnamed = true;
  }
  context.define(activation);
}

double clip_bound(const Context& context, int input, const char* attribute, double fallback) {
  const double bound = context.node().real(attribute, fallback);
  const auto constant = context.optional_constant(input);
  if (!constant) return bound;
  const std::vector<float> values = reals(*constant);
  if (values.size() != 1) {
    throw InputError(fmt::format("bound '{}' has {} values, needs one", context.node().input(input),
                                 values.size()));
  }
  return static_cast<double>(values.front());
}

/// Makes the value of input 0 a vector without moving anything yet.
void define_flattened(const Context& context) {
  const Value& value = context.value(0);
  if (const auto* pending = std::get_if<PendingValue>(&value)) {
    PendingOperation& operation = context.builder().pending(*pending);
    if (operation.shape.height != 1 || operation.shape.width != 1) {
      throw InputError("flattens an unquantised image; quantise it first");
    }
    operation.is_vector = true;
    context.define(*pending);
    return;
  }
  const auto* activation = std::get_if<ActivationValue>(&value);
  if (activation == nullptr) {
    throw InputError(fmt::format("input '{}' is {}, only an activation is supported",
                                 context.node().input(0), describe(value)));
  }
  ActivationValue flat = *activation;
  flat.flattened = true;
  context.define(flat);
}

int elements_of(const Context& context) {
  const Value& value = context.value(0);
  if (const auto* pending = std::get_if<PendingValue>(&value)) {
    return static_cast<int>(context.builder().pending(*pending).shape.elements());
  }
  const auto* activation = std::get_if<ActivationValue>(&value);
  return activation != nullptr ? static_cast<int>(context.builder().shape(*activation).elements())
                               : -1;
}

}  // namespace

void import_add(const Context& context) {
  for (const int side : {0, 1}) {
    const auto* pending = std::get_if<PendingValue>(&context.value(side));
    if (pending != nullptr && is_constant(context.value(1 - side))) {
      add_bias(context, *pending, context.value(1 - side));
      return;
    }
  }
  GraphBuilder& builder = context.builder();
  const ActivationValue a = context.real_activation(0);
  const ActivationValue b = context.real_activation(1);
  PendingOperation operation;
  operation.node = {
      context.node().name(), Add{}, {builder.materialized(a), builder.materialized(b)}, {}};
  context.define(builder.add_pending(std::move(operation)));
}

void import_relu(const Context& context) { clip(context, 0.0, kInfinity); }

void import_clip(const Context& context) {
  const double lowest = clip_bound(context, 1, "min", -kInfinity);
  const double highest = clip_bound(context, 2, "max", kInfinity);
  if (!(lowest <= highest)) {
    throw InputError(fmt::format("clips to {} .. {}, which is empty", lowest, highest));
  }
  clip(context, lowest, highest);
}

void import_flatten(const Context& context) {
  const std::int64_t axis = context.node().integer("axis", 1);
  if (axis != 1 && axis != -3) {
    throw InputError(fmt::format("attribute 'axis': is {}, only 1 is supported", axis));
  }
  define_flattened(context);
}

void import_reshape(const Context& context) {
  context.node().expect("allowzero", 0, 0);
  const std::vector<std::int32_t> target = integers(context.constant(1));
  const int elements = elements_of(context);
  const bool to_image = target.size() == 4 && target[2] == 1 && target[3] == 1;
  const bool batch_kept = !target.empty() && target[0] >= -1 && target[0] <= 1;
  const bool fits = target.size() >= 2 && batch_kept &&
                    (target[1] == elements || (target[1] == -1 && target[0] != -1));
  if (!fits || (target.size() != 2 && !to_image)) {
    throw InputError(
        fmt::format("reshapes to [{}], only [batch, {}] and [batch, {}, 1, 1] are "
                    "supported",
                    fmt::join(target, ", "), elements, elements));
  }
  if (!to_image) {
    define_flattened(context);
    return;
  }
  const auto* activation = std::get_if<ActivationValue>(&context.value(0));
  if (activation == nullptr) throw InputError("reshapes an unquantised result; quantise it first");
  ActivationValue vector = *activation;
  vector.flattened = false;
  vector.tensor = context.builder().add_same_coding(
      {context.node().name(), Flatten{}, {vector.tensor}, {}}, context.output());
  context.define(vector);
}

void import_identity(const Context& context) { context.define(Value(context.value(0))); }

void import_dropout(const Context& context) {
  const auto training = context.optional_constant(2);
  if (training && integers(*training) != std::vector<std::int32_t>{0}) {
    throw InputError("input 'training_mode': only false is supported");
  }
  context.define(Value(context.value(0)));
}

}  // namespace brownout::models::onnx_import
