// SPDX-License-Identifier: Apache-2.0
#include "tests/models/onnx/graph_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::models {
namespace {

std::string text_of(const Window& w) {
  return fmt::format("kernel {}x{} stride {}x{} pads {} {} {} {} dilation {}x{} spread {}x{}",
                     w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.pad_top, w.pad_left,
                     w.pad_bottom, w.pad_right, w.dilation_h, w.dilation_w, w.spread_h, w.spread_w);
}

std::string text_of(const Requantizer& r) {
  return fmt::format("[{}] >> [{}] + {} in {}..{}", fmt::join(r.multiplier, " "),
                     fmt::join(r.shift, " "), r.zero_point, r.lowest, r.highest);
}

struct OperationText {
  std::string operator()(const Conv& c) const {
    return fmt::format("{}\n  groups {}\n  weights {}\n  weight scale {}\n  bias {}\n  {}",
                       text_of(c.window), c.groups, fmt::join(c.weights, " "),
                       fmt::join(c.weight_scale, " "), fmt::join(c.bias, " "),
                       text_of(c.requantizer));
  }
  std::string operator()(const MaxPool& p) const { return text_of(p.window); }
  std::string operator()(const AveragePool& p) const {
    return text_of(p.window) + " " + text_of(p.requantizer);
  }
  std::string operator()(const Add& a) const {
    return fmt::format("{} {} >> {} + {} in {}..{}", a.multiplier_a, a.multiplier_b, a.shift,
                       a.zero_point, a.lowest, a.highest);
  }
  std::string operator()(const Relu&) const { return {}; }
  std::string operator()(const Flatten&) const { return {}; }
  std::string operator()(const Concat& c) const { return text_of(c.requantizer); }
  std::string operator()(const Rearrange& r) const {
    return fmt::format("[{}] x [{}] x [{}]", fmt::join(r.rows, " "), fmt::join(r.columns, " "),
                       fmt::join(r.channels, " "));
  }
  std::string operator()(const Table& t) const {
    return fmt::format("{} zero point {}", fmt::join(t.codes, " "), t.zero_point);
  }
};

}  // namespace

std::string text_of(const Operation& operation) {
  return std::string(operation_name(operation)) + " " + std::visit(OperationText{}, operation);
}

std::string text_of(const Graph& graph) {
  std::string text =
      fmt::format("graph '{}' {} -> {}\nmean {} deviation {}\n", graph.name, graph.input.value(),
                  graph.output.value(), fmt::join(graph.preprocessing.mean, " "),
                  fmt::join(graph.preprocessing.deviation, " "));
  for (const Tensor& t : graph.tensors) {
    text += fmt::format("tensor '{}' {}x{}x{} type {} scale {} zero point {}\n", t.name,
                        t.shape.channels, t.shape.height, t.shape.width, static_cast<int>(t.type),
                        fmt::join(t.scale, " "), t.zero_point);
  }
  for (const Node& node : graph.nodes) {
    text += fmt::format("node '{}' {} of", node.name, text_of(node.operation));
    for (const TensorId input : node.inputs) text += fmt::format(" {}", input.value());
    text += fmt::format(" -> {}\n", node.output.value());
  }
  return text;
}

std::string first_difference(const std::string& found, const std::string& expected) {
  if (found == expected) return {};
  const std::size_t shorter = std::min(found.size(), expected.size());
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(shorter);
  const auto at = static_cast<std::size_t>(
      std::mismatch(found.begin(), end, expected.begin()).first - found.begin());
  const std::size_t from = at < 80 ? 0 : at - 80;
  return fmt::format("found    ...{}...\nexpected ...{}...", found.substr(from, 160),
                     expected.substr(from, 160));
}

}  // namespace brownout::models
