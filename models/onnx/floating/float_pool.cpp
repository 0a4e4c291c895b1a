// SPDX-License-Identifier: Apache-2.0
// Pooling; a mean over height and width is a global average.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/onnx/floating/float_operators.h"
#include "models/onnx/window_attributes.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

Window covering(const Shape& shape) {
  Window window;
  window.kernel_h = shape.height;
  window.kernel_w = shape.width;
  return window;
}

std::vector<std::int64_t> axes_of(const FloatContext& context) {
  if (const auto axes = context.node().integers("axes")) return *axes;
  return context.has(1) ? context.constant(1).integers() : std::vector<std::int64_t>{};
}

}  // namespace

void float_max_pool(const FloatContext& context) {
  context.node().expect("storage_order", 0, 0);
  const Shape& shape = context.builder().shape(context.image(0));
  context.define_node(FloatMaxPool{read_window(context.node(), shape, {})});
}

void float_average_pool(const FloatContext& context) {
  const Shape& shape = context.builder().shape(context.image(0));
  const Window window = read_window(context.node(), shape, {});
  const bool padded = window.pad_top + window.pad_left + window.pad_bottom + window.pad_right > 0;
  if (padded && context.node().integer("count_include_pad", 0) == 0) {
    throw InputError("attribute 'count_include_pad': is 0, with padding only 1 is supported");
  }
  if (padded) context.node().expect("ceil_mode", 0, 0);
  context.define_node(FloatAveragePool{window});
}

void float_global_average_pool(const FloatContext& context) {
  context.define_node(FloatAveragePool{covering(context.builder().shape(context.image(0)))});
}

void float_global_max_pool(const FloatContext& context) {
  context.define_node(FloatMaxPool{covering(context.builder().shape(context.image(0)))});
}

void float_reduce_mean(const FloatContext& context) {
  context.node().expect("noop_with_empty_axes", 0, 0);
  std::vector<std::int64_t> axes = axes_of(context);
  for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
  std::sort(axes.begin(), axes.end());
  if (context.activation(0).dims.size() != 4 || axes != std::vector<std::int64_t>{2, 3}) {
    throw InputError("attribute 'axes': only the mean over height and width (2, 3) is supported");
  }
  const std::size_t tensor = context.image(0);
  FloatAveragePool pool{covering(context.builder().shape(tensor))};
  const bool keeps = context.node().integer("keepdims", 1) != 0;
  context.define(context.builder().add({context.name(), pool, {tensor}}, !keeps));
}

}  // namespace brownout::models::onnx_import
