// SPDX-License-Identifier: Apache-2.0
// Pooling; a mean over height and width is a global average.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/onnx/operators.h"
#include "models/onnx/window_attributes.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

void define_average(const Context& context, const ActivationValue& input, const Window& window) {
  PendingOperation operation;
  operation.node = {context.node().name(), AveragePool{window, {}}, {input.tensor}, {}};
  context.define(context.builder().add_pending(std::move(operation)));
}

const ActivationValue& checked_image(const ActivationValue& value) {
  if (value.flattened) throw InputError("input is a vector, not an image");
  return value;
}

Window covering(const Shape& shape) {
  Window window;
  window.kernel_h = shape.height;
  window.kernel_w = shape.width;
  return window;
}

std::vector<std::int64_t> reduced_axes(const Context& context) {
  if (const auto axes = context.node().integers("axes")) return *axes;
  const auto constant = context.optional_constant(1);
  if (!constant) return {};
  const auto axes = integers(*constant);
  return {axes.begin(), axes.end()};
}

}  // namespace

void import_max_pool(const Context& context) {
  context.node().expect("storage_order", 0, 0);
  const Value& value = context.value(0);
  const auto* input = std::get_if<ActivationValue>(&value);
  if (input == nullptr) {
    throw InputError(fmt::format("input '{}' is {}, only a quantised activation is supported",
                                 context.node().input(0), describe(value)));
  }
  ActivationValue output = checked_image(*input);
  GraphBuilder& builder = context.builder();
  const Window window = read_window(context.node(), builder.shape(output), {});
  output.tensor = builder.add_same_coding(
      {context.node().name(), MaxPool{window}, {output.tensor}, {}}, context.output());
  output.unnamed = output.real;
  context.define(output);
}

void import_average_pool(const Context& context) {
  const ActivationValue& input = checked_image(context.real_activation(0));
  const Window window = read_window(context.node(), context.builder().shape(input), {});
  const bool padded = window.pad_top + window.pad_left + window.pad_bottom + window.pad_right > 0;
  if (padded && context.node().integer("count_include_pad", 0) == 0) {
    throw InputError("attribute 'count_include_pad': is 0, with padding only 1 is supported");
  }
  if (padded) context.node().expect("ceil_mode", 0, 0);
  define_average(context, input, window);
}

void import_global_average_pool(const Context& context) {
  const ActivationValue& input = checked_image(context.real_activation(0));
  define_average(context, input, covering(context.builder().shape(input)));
}

void import_reduce_mean(const Context& context) {
  const ActivationValue& input = checked_image(context.real_activation(0));
  std::vector<std::int64_t> axes = reduced_axes(context);
  for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
  std::sort(axes.begin(), axes.end());
  if (axes != std::vector<std::int64_t>{2, 3}) {
    throw InputError("attribute 'axes': only the mean over height and width (2, 3) is supported");
  }
  define_average(context, input, covering(context.builder().shape(input)));
}

}  // namespace brownout::models::onnx_import
