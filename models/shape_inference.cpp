// SPDX-License-Identifier: Apache-2.0
// infer_shape and output_shape of graph.h, and the checks an operation's shapes must pass.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/graph.h"
#include "models/node_error.h"

namespace brownout::models {
namespace {

constexpr int kLargestWindowNumber = 4096;
/// Taps of a pooling whose sum of centred codes surely fits int32.
constexpr int kMaxPooledPixels = 2147483647 / 255;

/// Length of the input with zeros put between its pixels.
std::int64_t spread_extent(int input, int spread) { return (std::int64_t{input} - 1) * spread + 1; }

int output_extent(std::int64_t spread_input, int pads, int reach, int stride) {
  return static_cast<int>((spread_input + pads - reach) / stride) + 1;
}

/// Pixels from a window's first tap to its last, both included.
int reach_h(const Window& w) { return w.dilation_h * (w.kernel_h - 1) + 1; }
int reach_w(const Window& w) { return w.dilation_w * (w.kernel_w - 1) + 1; }

void check_numbers(const Node& node, const Window& w) {
  const std::array<int, 8> counts = {w.kernel_h,   w.kernel_w,   w.stride_h, w.stride_w,
                                     w.dilation_h, w.dilation_w, w.spread_h, w.spread_w};
  const std::array<int, 4> pads = {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right};
  if (*std::min_element(counts.begin(), counts.end()) < 1) {
    reject(node, "kernel, stride, dilation and spread must be at least 1");
  }
  const auto [least_pad, most_pad] = std::minmax_element(pads.begin(), pads.end());
  if (*least_pad < 0 && !w.is_spread()) {
    reject(node, "negative padding is allowed only where the input is spread");
  }
  if (std::max(*std::max_element(counts.begin(), counts.end()), *most_pad) > kLargestWindowNumber ||
      *least_pad < -kLargestWindowNumber) {
    reject(node, fmt::format("kernel, stride, dilation, spread and padding may be at most {}",
                             kLargestWindowNumber));
  }
}

void check_window(const Node& node, const Window& w, const Shape& input) {
  check_numbers(node, w);
  const std::int64_t height = spread_extent(input.height, w.spread_h);
  const std::int64_t width = spread_extent(input.width, w.spread_w);
  if (static_cast<double>(height) * static_cast<double>(width) > kMaxElements) {
    reject(node, fmt::format("spreads its input to {}x{} pixels, allowed are less than 2^31",
                             height, width));
  }
  if (height + w.pad_top + w.pad_bottom < reach_h(w) ||
      width + w.pad_left + w.pad_right < reach_w(w)) {
    reject(node, fmt::format("the kernel {}x{} is larger than the padded input {}x{}", w.kernel_h,
                             w.kernel_w, height, width));
  }
}

/// Throws unless the extents, which may be beyond int, give a tensor that can be counted.
Shape checked(const Node& node, std::int64_t channels, std::int64_t height, std::int64_t width) {
  if (static_cast<double>(channels) * static_cast<double>(height) * static_cast<double>(width) >
      kMaxElements) {
    reject(node, fmt::format("gives {}x{}x{} elements, allowed are less than 2^31", channels,
                             height, width));
  }
  return {static_cast<int>(channels), static_cast<int>(height), static_cast<int>(width)};
}

Shape checked(const Node& node, const Shape& shape) {
  return checked(node, shape.channels, shape.height, shape.width);
}

Shape infer_conv(const Node& node, const Conv& conv, const Shape& input) {
  const Window& w = conv.window;
  check_window(node, w, input);
  if (conv.bias.size() > kMaxElements) reject(node, "has 2^31 or more output channels");
  const auto out = static_cast<int>(conv.bias.size());
  if (conv.groups < 1 || input.channels % conv.groups != 0 || out % conv.groups != 0 || out == 0) {
    reject(node, fmt::format("{} groups do not divide {} input and {} output channels", conv.groups,
                             input.channels, out));
  }
  const int group_inputs = input.channels / conv.groups;
  const double expected = static_cast<double>(out) * group_inputs * w.kernel_h * w.kernel_w;
  if (expected > kMaxElements) {
    reject(node, fmt::format("needs {:.0f} weights, allowed are less than 2^31", expected));
  }
  if (conv.weights.size() != static_cast<std::size_t>(expected)) {
    reject(node,
           fmt::format("has {} weights, its shape needs {:.0f}", conv.weights.size(), expected));
  }
  return checked(node, output_shape(input, w, out));
}

Shape infer_pool(const Node& node, const Window& window, const Shape& input) {
  if (window.is_spread()) reject(node, "only a convolution's input may be spread");
  check_window(node, window, input);
  if (std::max(window.pad_top, window.pad_bottom) >= reach_h(window) ||
      std::max(window.pad_left, window.pad_right) >= reach_w(window)) {
    reject(node, "padding as wide as the kernel would pool windows of nothing but padding");
  }
  if (window.kernel_h * window.kernel_w > kMaxPooledPixels) {
    reject(node, fmt::format("pools {} pixels into one, allowed are {}",
                             window.kernel_h * window.kernel_w, kMaxPooledPixels));
  }
  return checked(node, output_shape(input, window, input.channels));
}

Shape infer_concat(const Node& node, const std::vector<Shape>& inputs) {
  const Shape& first = inputs.front();
  std::int64_t channels = 0;
  for (const Shape& input : inputs) {
    if (input.height != first.height || input.width != first.width) {
      reject(node, fmt::format("joins channels of {}x{} and {}x{} pixels", first.height,
                               first.width, input.height, input.width));
    }
    channels += input.channels;
  }
  return checked(node, channels, first.height, first.width);
}

void check_indices(const Node& node, const char* axis, const std::vector<int>& indices,
                   int extent) {
  if (indices.empty()) reject(node, fmt::format("takes no {}", axis));
  for (const int index : indices) {
    if (index >= -1 && index < extent) continue;
    reject(node,
           fmt::format("takes {} of {} {}, allowed are -1 to {}", index, extent, axis, extent - 1));
  }
}

Shape infer_rearrange(const Node& node, const Rearrange& rearrange, const Shape& input) {
  check_indices(node, "rows", rearrange.rows, input.height);
  check_indices(node, "columns", rearrange.columns, input.width);
  check_indices(node, "channels", rearrange.channels, input.channels);
  const auto size = [](const std::vector<int>& v) { return static_cast<std::int64_t>(v.size()); };
  return checked(node, size(rearrange.channels), size(rearrange.rows), size(rearrange.columns));
}

void check_arity(const Node& node, std::size_t inputs) {
  if (std::holds_alternative<Concat>(node.operation)) {
    if (inputs < 2) reject(node, fmt::format("has {} inputs, needs at least 2", inputs));
    return;
  }
  const std::size_t needed = std::holds_alternative<Add>(node.operation) ? 2 : 1;
  if (inputs != needed) reject(node, fmt::format("has {} inputs, needs {}", inputs, needed));
}

}  // namespace

Shape output_shape(const Shape& input, const Window& w, int channels) {
  return {channels,
          output_extent(spread_extent(input.height, w.spread_h), w.pad_top + w.pad_bottom,
                        reach_h(w), w.stride_h),
          output_extent(spread_extent(input.width, w.spread_w), w.pad_left + w.pad_right,
                        reach_w(w), w.stride_w)};
}

Shape infer_shape(const Node& node, const std::vector<Shape>& inputs) {
  check_arity(node, inputs.size());
  const Shape& input = inputs.front();
  if (const auto* conv = std::get_if<Conv>(&node.operation)) return infer_conv(node, *conv, input);
  if (const auto* pool = std::get_if<MaxPool>(&node.operation)) {
    return infer_pool(node, pool->window, input);
  }
  if (const auto* pool = std::get_if<AveragePool>(&node.operation)) {
    return infer_pool(node, pool->window, input);
  }
  if (std::holds_alternative<Add>(node.operation)) {
    if (inputs[0] != inputs[1]) reject(node, "adds tensors of different shapes");
    return input;
  }
  if (std::holds_alternative<Concat>(node.operation)) return infer_concat(node, inputs);
  if (const auto* rearrange = std::get_if<Rearrange>(&node.operation)) {
    return infer_rearrange(node, *rearrange, input);
  }
  if (std::holds_alternative<Flatten>(node.operation)) {
    return {static_cast<int>(input.elements()), 1, 1};
  }
  return input;  // Relu, Table
}

}  // namespace brownout::models
