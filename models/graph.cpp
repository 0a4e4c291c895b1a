// SPDX-License-Identifier: Apache-2.0
#include "models/graph.h"

#include <fmt/format.h>

#include <array>

#include "models/node_error.h"
#include "sim/core/error.h"

namespace brownout::models {

void reject(const Node& node, const std::string& what) {
  throw InputError(
      fmt::format("node '{}' ({}): {}", node.name, operation_name(node.operation), what));
}

namespace {

/// `most` is the number of pairs beside 1 that is allowed.
void check_requantizer(const Node& node, const Requantizer& r, std::size_t most) {
  const std::size_t pairs = r.multiplier.size();
  if (pairs != r.shift.size() || (pairs != 1 && pairs != most)) {
    reject(node, fmt::format("has {} multipliers and {} shifts, allowed are 1 or {} of each", pairs,
                             r.shift.size(), most));
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
  if (const auto* concat = std::get_if<Concat>(&node.operation)) {
    return concat->requantizer.zero_point;
  }
  if (const auto* table = std::get_if<Table>(&node.operation)) return table->zero_point;
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
  if (const auto* concat = std::get_if<Concat>(&node.operation)) {
    check_requantizer(node, concat->requantizer, node.inputs.size());
  }
}

}  // namespace

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
  if (graph.nodes.empty()) throw InputError("the network has no layers");
  if (graph.nodes.back().output != graph.output) {
    throw InputError("the graph's output is not what its last node gives");
  }
}

const char* operation_name(const Operation& operation) {
  constexpr std::array<const char*, 9> kNames = {
      "conv", "max_pool", "average_pool", "add", "relu", "flatten", "concat", "rearrange", "table"};
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
