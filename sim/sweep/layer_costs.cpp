// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/layer_costs.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace brownout::sweep {

constexpr std::uint64_t kStoredBits = 8;

std::vector<LayerCosts> layer_costs(const models::Graph& graph) {
  std::vector<LayerCosts> costs;
  for (const models::Node& node : graph.nodes) {
    LayerCosts layer{node.name, models::operation_name(node.operation),
                     graph.tensor(node.output).shape};
    if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
      const auto pixels = static_cast<std::uint64_t>(layer.output.height) *
                          static_cast<std::uint64_t>(layer.output.width);
      layer.macs = pixels * conv->weights.size();
      layer.parameters = conv->weights.size() + conv->bias.size();
      layer.weight_bits = kStoredBits * conv->weights.size();
    }
    costs.push_back(std::move(layer));
  }
  return costs;
}

std::string shape_text(const models::Shape& shape) {
  return fmt::format("{} x {} x {}", shape.channels, shape.height, shape.width);
}

}  // namespace brownout::sweep
