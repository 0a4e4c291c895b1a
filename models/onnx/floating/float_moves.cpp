// SPDX-License-Identifier: Apache-2.0
// Operators that move, rename or reshape.
#include <fmt/format.h>

#include <numeric>
#include <utility>

#include "models/onnx/floating/float_operators.h"
#include "models/onnx/rearrange_reader.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

/// The view under the extents that `fold` gives, its elements where they are.
FloatView seen_as(const FloatContext& context, Fold fold) {
  const FloatView& view = context.activation(0);
  const Numbers extents{view.dims, {}, onnx::TensorProto::INT64};
  Constants constants(context);
  constants.operands()[0] = &extents;
  return {view.tensor, fold({context.node(), constants.operands()}).dims, view.order};
}

/// The view by what `fold` does to the numbers of its elements.
FloatView moved(const FloatContext& context, Fold fold) {
  const FloatView& view = context.activation(0);
  Numbers elements{view.dims, {}, onnx::TensorProto::INT64};
  check_moved(element_count(view.dims));
  std::vector<std::int64_t> order(view.order.begin(), view.order.end());
  if (in_order(view)) {
    order.resize(element_count(view.dims));
    std::iota(order.begin(), order.end(), 0);
  }
  elements.values = std::move(order);
  Constants constants(context);
  constants.operands()[0] = &elements;
  const Numbers result = fold({context.node(), constants.operands()});
  FloatView after{view.tensor, result.dims, {}};
  const auto& numbers = result.integers();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == static_cast<std::int64_t>(i)) continue;
    after.order.assign(numbers.begin(), numbers.end());
    break;
  }
  return after;
}

}  // namespace

void float_concat(const FloatContext& context) {
  FloatNode node{context.name(), FloatConcat{}, {}};
  const int inputs = context.node().proto().input_size();
  if (inputs == 0) throw InputError("has no inputs");
  const auto rank = static_cast<std::int64_t>(context.activation(0).dims.size());
  const std::int64_t axis = context.node().integer("axis", 0);
  if (axis != 1 && axis != 1 - rank) {
    throw InputError(fmt::format("attribute 'axis': is {}, only 1 (channels) is supported", axis));
  }
  for (int i = 0; i < inputs; ++i) node.inputs.push_back(context.image(i));
  if (inputs == 1) {
    context.define(FloatValue(context.activation(0)));
    return;
  }
  context.define(context.builder().add(std::move(node), rank == 2));
}

void float_rearrange(const FloatContext& context) {
  const std::size_t tensor = context.image(0);
  const Constants constants(context);
  const Shape shape = context.builder().shape(tensor);
  const bool is_vector = context.activation(0).dims.size() == 2;
  Rearrange moved = read_rearrange({context.node(), constants.operands()}, {shape, is_vector, 0.0});
  context.define(context.builder().add({context.name(), std::move(moved), {tensor}}, is_vector));
}

void float_reshape(const FloatContext& context) { context.define(seen_as(context, fold_reshape)); }
void float_flatten(const FloatContext& context) { context.define(seen_as(context, fold_flatten)); }
void float_squeeze(const FloatContext& context) { context.define(seen_as(context, fold_squeeze)); }
void float_unsqueeze(const FloatContext& context) {
  context.define(seen_as(context, fold_unsqueeze));
}
void float_transpose(const FloatContext& context) {
  context.define(moved(context, fold_transpose));
}

void float_identity(const FloatContext& context) {
  context.define(FloatValue(context.activation(0)));
}

void float_dropout(const FloatContext& context) {
  if (context.has(2)) {
    const Numbers training = context.constant(2);
    if (training.size() != 1 || training.real(0) != 0) {
      throw InputError("input 'training_mode': only false is supported");
    }
  }
  float_identity(context);
}

void float_constant(const FloatContext& context) {
  const onnx::TensorProto* tensor = context.node().tensor("value");
  if (tensor == nullptr) throw InputError("attribute 'value': is missing");
  context.define(make_constant(*tensor));
}

void float_softmax(const FloatContext& context) {
  if (!context.builder().is_output(context.node().proto().output(0))) {
    throw InputError("is supported only as the network's last operator");
  }
  float_identity(context);
}

}  // namespace brownout::models::onnx_import
