// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear, DequantizeLinear and Constant.
#include <fmt/format.h>

#include <utility>

#include "models/onnx/coding.h"
#include "models/onnx/operators.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {

using onnx::TensorProto;

namespace {

constexpr int kDefaultAxis = 1;

int read_axis(const Context& context) {
  return static_cast<int>(context.node().integer("axis", kDefaultAxis));
}

/// The activation in another scale or zero point: a table of what becomes of each code.
ActivationValue requantized(const Context& context, const ActivationValue& activation,
                            const Coding& coding) {
  PendingOperation operation;
  operation.node = {context.node().name(), Table{}, {activation.tensor}, {}};
  operation.function = [](double x) { return x; };
  ActivationValue result =
      context.builder().add_requantized(std::move(operation), coding, context.output());
  result.flattened = activation.flattened;
  return result;
}

}  // namespace

void import_quantize_linear(const Context& context) {
  const Value& input = context.value(0);
  const Coding coding = context.coding(1, TensorProto::UINT8);
  GraphBuilder& builder = context.builder();
  if (const auto* image = std::get_if<ImageValue>(&input)) {
    context.define(builder.quantize_image(*image, coding, context.output()));
  } else if (const auto* pending = std::get_if<PendingValue>(&input)) {
    context.define(builder.requantize(*pending, coding, context.output()));
  } else if (const auto* constant = std::get_if<Constant>(&input)) {
    context.define(CodedConstant{*constant, coding, read_axis(context), false});
  } else {
    ActivationValue activation = context.real_activation(0);
    if (!builder.has_coding(activation, coding)) {
      context.define(requantized(context, activation, coding));
      return;
    }
    if (activation.unnamed) builder.rename(activation.tensor, context.output());
    activation.unnamed = false;
    activation.type = coding.type;
    activation.real = false;
    context.define(activation);
  }
}

void import_dequantize_linear(const Context& context) {
  const Value& input = context.value(0);
  if (const auto* constant = std::get_if<Constant>(&input)) {
    const Coding coding = context.coding(1, constant->type());
    if (coding.type != constant->type()) {
      throw InputError("the constant and its zero point have different types");
    }
    context.define(CodedConstant{*constant, coding, read_axis(context), true});
  } else if (const auto* coded = std::get_if<CodedConstant>(&input)) {
    CodedConstant real = *coded;
    if (real.real || !(context.coding(1, coded->coding.type) == coded->coding)) {
      throw InputError("its scale or zero point is not that of the QuantizeLinear before it");
    }
    real.real = true;
    context.define(real);
  } else {
    ActivationValue activation = context.coded_activation(0, 1);
    activation.real = true;
    context.define(activation);
  }
}

void import_constant(const Context& context) {
  const TensorProto* tensor = context.node().tensor("value");
  if (tensor == nullptr) throw InputError("attribute 'value': is missing");
  context.define(make_constant(*tensor));
}

}  // namespace brownout::models::onnx_import
