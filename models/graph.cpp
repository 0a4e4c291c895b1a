// SPDX-License-Identifier: Apache-2.0
#include "models/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

/// Largest activation or weight tensor accepted; keeps every product of sizes far from overflow.
constexpr std::size_t kMaxElements = (std::size_t{1} << 31) - 1;

[[noreturn]] void reject(const Node& node, const std::string& what) {
  throw InputError(
      fmt::format("node '{}' ({}): {}", node.name, operation_name(node.operation), what));
}

int output_extent(int input, int pads, int kernel, int dilation, int stride) {
  return (input + pads - dilation * (kernel - 1) - 1) / stride + 1;
}

void check_window(const Node& node, const Window& w, const Shape& input) {
  const bool positive = w.kernel_h > 0 && w.kernel_w > 0 && w.stride_h > 0 && w.stride_w > 0 &&
                        w.dilation_h > 0 && w.dilation_w > 0;
  if (!positive) reject(node, "kernel, stride and dilation must be at least 1");
  if (std::min({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) < 0) {
    reject(node, "negative padding is not supported");
  }
  const std::array<int, 10> extents = {w.kernel_h,   w.kernel_w,   w.stride_h, w.stride_w,
                                       w.dilation_h, w.dilation_w, w.pad_top,  w.pad_left,
                                       w.pad_bottom, w.pad_right};
  if (*std::max_element(extents.begin(), extents.end()) > 4096) {
    reject(node, "kernel, stride, dilation and padding may be at most 4096");
  }
  if (input.height + w.pad_top + w.pad_bottom < w.dilation_h * (w.kernel_h - 1) + 1 ||
      input.width + w.pad_left + w.pad_right < w.dilation_w * (w.kernel_w - 1) + 1) {
    reject(node, fmt::format("the kernel {}x{} is larger than the padded input {}x{}", w.kernel_h,
                             w.kernel_w, input.height, input.width));
  }
}

Shape infer_conv(const Node& node, const Conv& conv, const Shape& input) {
  check_window(node, conv.window, input);
  const auto out = static_cast<int>(conv.bias.size());
  if (conv.groups < 1 || input.channels % conv.groups != 0 || out % conv.groups != 0 || out == 0) {
    reject(node, fmt::format("{} groups do not divide {} input and {} output channels", conv.groups,
                             input.channels, out));
  }
  const std::size_t expected = conv.bias.size() *
                               static_cast<std::size_t>(input.channels / conv.groups) *
                               static_cast<std::size_t>(conv.window.kernel_h) *
                               static_cast<std::size_t>(conv.window.kernel_w);
  if (conv.weights.size() != expected) {
    reject(node, fmt::format("has {} weights, its shape needs {}", conv.weights.size(), expected));
  }
  return output_shape(input, conv.window, out);
}

Shape infer_pool(const Node& node, const Window& window, const Shape& input) {
  check_window(node, window, input);
  if (std::max(window.pad_top, window.pad_bottom) > window.dilation_h * (window.kernel_h - 1) ||
      std::max(window.pad_left, window.pad_right) > window.dilation_w * (window.kernel_w - 1)) {
    reject(node, "padding as wide as the kernel would pool windows of nothing but padding");
  }
  return output_shape(input, window, input.channels);
}

void check_requantizer(const Node& node, const Requantizer& r, std::size_t channels) {
  const std::size_t pairs = r.multiplier.size();
  if (pairs != r.shift.size() || (pairs != 1 && pairs != channels)) {
    reject(node, fmt::format("has {} multipliers and {} shifts, allowed are 1 or {} of each", pairs,
                             r.shift.size(), channels));
  }
  for (std::size_t i = 0; i < pairs; ++i) {
    if (r.multiplier[i] < (1 << 30) || r.shift[i] < 1 || r.shift[i] > 62) {
      reject(node, "requantiser outside multiplier [2^30, 2^31) or shift [1, 62]");
    }
  }
  if (r.lowest < 0 || r.highest > 255 || r.lowest > r.highest || r.zero_point < 0 ||
      r.zero_point > 255) {
    reject(node, "requantiser range or zero point outside 0..255");
  }
}

/// Zero point the operation leaves its codes with.
int resulting_zero_point(const Graph& graph, const Node& node) {
  if (const auto* conv = std::get_if<Conv>(&node.operation)) {
    return conv->requantizer.multiplier.empty() ? 0 : conv->requantizer.zero_point;
  }
  if (const auto* pool = std::get_if<AveragePool>(&node.operation)) {
    return pool->requantizer.zero_point;
  }
  if (const auto* add = std::get_if<Add>(&node.operation)) return add->zero_point;
  return graph.tensor(node.inputs.front()).zero_point;
}

void check_node(const Graph& graph, const Node& node, bool last) {
  const Tensor& output = graph.tensor(node.output);
  std::vector<Shape> shapes;
  for (const TensorId id : node.inputs) {
    if (graph.tensor(id).type != ElementType::kUint8) reject(node, "reads raw accumulators");
    shapes.push_back(graph.tensor(id).shape);
  }
  const Shape shape = infer_shape(node, shapes);
  if (shape != output.shape) {
    reject(node, fmt::format("gives {}x{}x{}, the graph says {}x{}x{}", shape.channels,
                             shape.height, shape.width, output.shape.channels, output.shape.height,
                             output.shape.width));
  }
  if (resulting_zero_point(graph, node) != output.zero_point) {
    reject(node, fmt::format("leaves zero point {}, its output tensor says {}",
                             resulting_zero_point(graph, node), output.zero_point));
  }
  const auto channels = static_cast<std::size_t>(shape.channels);
  if (const auto* conv = std::get_if<Conv>(&node.operation)) {
    const bool raw = conv->requantizer.multiplier.empty();
    if (raw != (output.type == ElementType::kInt32) || (raw && !last)) {
      reject(node, "only a network's last operation may leave its accumulators unquantised");
    }
    if (!raw) check_requantizer(node, conv->requantizer, channels);
    if (conv->weight_scale.size() != 1 && conv->weight_scale.size() != channels) {
      reject(node, fmt::format("has {} weight scales, allowed are 1 or {}",
                               conv->weight_scale.size(), channels));
    }
  } else if (output.type != ElementType::kUint8) {
    reject(node, "only a convolution or linear layer may give raw accumulators");
  }
  if (const auto* pool = std::get_if<AveragePool>(&node.operation)) {
    check_requantizer(node, pool->requantizer, channels);
  }
  if (const auto* add = std::get_if<Add>(&node.operation)) {
    if (add->shift < 1 || add->shift > 62) reject(node, "shift outside [1, 62]");
  }
}

}  // namespace

Shape output_shape(const Shape& input, const Window& w, int channels) {
  return {
      channels,
      output_extent(input.height, w.pad_top + w.pad_bottom, w.kernel_h, w.dilation_h, w.stride_h),
      output_extent(input.width, w.pad_left + w.pad_right, w.kernel_w, w.dilation_w, w.stride_w)};
}

Shape infer_shape(const Node& node, const std::vector<Shape>& inputs) {
  const std::size_t arity = std::holds_alternative<Add>(node.operation) ? 2 : 1;
  if (inputs.size() != arity) {
    reject(node, fmt::format("has {} inputs, needs {}", inputs.size(), arity));
  }
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
  if (std::holds_alternative<Flatten>(node.operation)) {
    return {static_cast<int>(input.elements()), 1, 1};
  }
  return input;  // Relu
}

void validate(const Graph& graph) {
  std::vector<bool> known(graph.tensors.size(), false);
  for (const Tensor& tensor : graph.tensors) {
    const Shape& s = tensor.shape;
    const bool positive = s.channels > 0 && s.height > 0 && s.width > 0;
    if (!positive || static_cast<double>(s.channels) * s.height * s.width > kMaxElements) {
      throw InputError(
          fmt::format("tensor '{}': extent {}x{}x{}, allowed are 1 to 2^31 - 1 elements",
                      tensor.name, s.channels, s.height, s.width));
    }
    if (tensor.zero_point < 0 || tensor.zero_point > 255) {
      throw InputError(fmt::format("tensor '{}': zero point {}, allowed is 0..255", tensor.name,
                                   tensor.zero_point));
    }
  }
  const auto check_reference = [&](TensorId id, const std::string& user) {
    if (id.value() >= known.size()) {
      throw InputError(fmt::format("{} refers to tensor {} of {}", user, id.value(), known.size()));
    }
  };
  check_reference(graph.input, "the graph's input");
  check_reference(graph.output, "the graph's output");
  known[graph.input.value()] = true;
  for (const Node& node : graph.nodes) {
    check_reference(node.output, "node '" + node.name + "'");
    for (const TensorId id : node.inputs) {
      check_reference(id, "node '" + node.name + "'");
      if (!known[id.value()])
        reject(node, "reads '" + graph.tensor(id).name + "' before it exists");
    }
    if (known[node.output.value()]) {
      reject(node, "writes '" + graph.tensor(node.output).name + "' a second time");
    }
    known[node.output.value()] = true;
    check_node(graph, node, &node == &graph.nodes.back());
  }
  if (graph.nodes.empty() || graph.nodes.back().output != graph.output) {
    throw InputError("the graph's output is not what its last node gives");
  }
}

const char* operation_name(const Operation& operation) {
  constexpr std::array<const char*, 6> kNames = {"conv", "max_pool", "average_pool",
                                                 "add",  "relu",     "flatten"};
  return kNames.at(operation.index());
}

std::uint64_t parameter_count(const Graph& graph) {
  std::uint64_t count = 0;
  for (const Node& node : graph.nodes) {
    if (const auto* conv = std::get_if<Conv>(&node.operation)) {
      count += conv->weights.size() + conv->bias.size();
    }
  }
  return count;
}

std::uint64_t mac_count(const Graph& graph) {
  std::uint64_t count = 0;
  for (const Node& node : graph.nodes) {
    if (const auto* conv = std::get_if<Conv>(&node.operation)) {
      const Shape& out = graph.tensor(node.output).shape;
      count += conv->weights.size() * static_cast<std::uint64_t>(out.height) *
               static_cast<std::uint64_t>(out.width);
    }
  }
  return count;
}

}  // namespace brownout::models
