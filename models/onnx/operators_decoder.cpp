// SPDX-License-Identifier: Apache-2.0
// What decoders need beside convolutions: concatenation, elements moved elsewhere, and functions of
// one number, which become tables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/onnx/operators.h"
#include "models/onnx/rearrange_reader.h"
#include "models/onnx/scales.h"
#include "models/requantize.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const ActivationValue& activation_at(const Context& context, int input) {
  const Value& value = context.value(input);
  if (const auto* activation = std::get_if<ActivationValue>(&value)) return *activation;
  throw InputError(fmt::format("input '{}' is {}, only a quantised activation is supported",
                               context.node().input(input), describe(value)));
}

void check_concat_axis(const Context& context, bool vectors) {
  const std::int64_t axis = context.node().integer("axis", 0);
  if (axis == 1 || axis == (vectors ? -1 : -3)) return;
  throw InputError(fmt::format("attribute 'axis': is {}, only 1 (channels) is supported", axis));
}

/// Codes of one meaning side by side: no number changes.
void concat_codes(const Context& context, const std::vector<ActivationValue>& parts, Node node) {
  GraphBuilder& builder = context.builder();
  const Tensor& first = builder.tensor(node.inputs.front());
  for (const ActivationValue& part : parts) {
    const Tensor& tensor = builder.tensor(part.tensor);
    if (part.type != parts.front().type || tensor.scale != first.scale ||
        tensor.zero_point != first.zero_point) {
      throw InputError(
          fmt::format("joins the codes of '{}' and '{}', which have different scales or zero "
                      "points; dequantise them first",
                      first.name, tensor.name));
    }
  }
  if (first.scale.empty()) {
    throw InputError("reads the 8-bit network input before any operator says its scale");
  }
  node.operation = make_concat(std::vector<double>(parts.size(), first.scale.front()),
                               first.scale.front(), {first.zero_point, 0, 255});
  ActivationValue result = parts.front();
  result.flattened = false;
  result.tensor = builder.add_same_coding(std::move(node), context.output());
  context.define(result);
}

}  // namespace

void import_concat(const Context& context) {
  std::vector<ActivationValue> parts;
  const int inputs = context.node().proto().input_size();
  parts.reserve(static_cast<std::size_t>(inputs));
  for (int i = 0; i < inputs; ++i) {
    parts.push_back(activation_at(context, i));
  }
  if (parts.empty()) throw InputError("has no inputs");
  const auto count = [&](auto what) {
    return static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), what));
  };
  const std::size_t real = count([](const ActivationValue& v) { return v.real; });
  const std::size_t vectors = count([](const ActivationValue& v) { return v.flattened; });
  if ((real != 0 && real != parts.size()) || (vectors != 0 && vectors != parts.size())) {
    throw InputError("joins codes and dequantised values, or vectors and images");
  }
  check_concat_axis(context, vectors > 0);
  if (parts.size() == 1) {
    context.define(parts.front());
    return;
  }
  PendingOperation operation;
  operation.node = {context.node().name(), Concat{}, {}, {}};
  for (const ActivationValue& part : parts) {
    operation.node.inputs.push_back(context.builder().materialized(part));
  }
  if (real == 0) {
    concat_codes(context, parts, std::move(operation.node));
    return;
  }
  operation.is_vector = vectors > 0;
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_rearrange(const Context& context) {
  GraphBuilder& builder = context.builder();
  ActivationValue value = activation_at(context, 0);
  value.tensor = builder.materialized(value);
  std::vector<Numbers> constants;
  Operands operands = {nullptr};
  const int inputs = context.node().proto().input_size();
  constants.reserve(static_cast<std::size_t>(inputs));  // operands point into it
  for (int i = 1; i < inputs; ++i) {
    const auto constant = context.optional_constant(i);
    if (constant) constants.push_back(read_numbers(*constant));
    operands.push_back(constant ? &constants.back() : nullptr);
  }
  const Shape shape = builder.shape(value);
  const int shift = value.type == onnx::TensorProto::INT8 ? 128 : 0;
  const double zero = value.real ? 0 : builder.tensor(value.tensor).zero_point - shift;
  const Folding folding{context.node(), operands};
  Rearrange rearrange = read_rearrange(folding, {shape, value.flattened, zero});
  value.tensor = builder.add_same_coding(
      {context.node().name(), std::move(rearrange), {value.tensor}, {}}, context.output());
  value.unnamed = value.real;
  context.define(value);
}

void define_table(const Context& context, std::function<double(double)> function, double lowest,
                  double highest) {
  const ActivationValue& input = context.real_activation(0);
  PendingOperation operation;
  operation.node = {context.node().name(), Table{}, {context.builder().materialized(input)}, {}};
  operation.is_vector = input.flattened;
  operation.function = std::move(function);
  operation.lowest = lowest;
  operation.highest = highest;
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_tanh(const Context& context) {
  define_table(
      context, [](double x) { return std::tanh(x); }, -kInfinity, kInfinity);
}

void import_sigmoid(const Context& context) {
  define_table(context, sigmoid, -kInfinity, kInfinity);
}

void import_leaky_relu(const Context& context) {
  const double alpha = context.node().real("alpha", 0.01);
  define_table(
      context, [alpha](double x) { return x < 0 ? alpha * x : x; }, -kInfinity, kInfinity);
}

}  // namespace brownout::models::onnx_import
