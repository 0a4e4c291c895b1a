// SPDX-License-Identifier: Apache-2.0
#include "sim/model/inspect.h"

#include <fmt/format.h>

#include "sim/sweep/text_table.h"

namespace brownout::model {
namespace {

constexpr std::uint64_t kStoredBits = 8;

std::string text(const models::Shape& shape) {
  return fmt::format("{} x {} x {}", shape.channels, shape.height, shape.width);
}

}  // namespace

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

std::string inspect_text(const models::Graph& graph) {
  sweep::TextTable table({{"", "layer", true},
                          {"", "operation", true},
                          {"", "output (C x H x W)", true},
                          {"", "MACs", false},
                          {"", "parameters", false},
                          {"", "weight bits", false}});
  LayerCosts sum;
  for (const LayerCosts& layer : layer_costs(graph)) {
    sum.macs += layer.macs;
    sum.parameters += layer.parameters;
    sum.weight_bits += layer.weight_bits;
    table.add_row({layer.name, layer.operation, text(layer.output), std::to_string(layer.macs),
                   std::to_string(layer.parameters), std::to_string(layer.weight_bits)});
  }
  table.add_row({"total", "", "", std::to_string(sum.macs), std::to_string(sum.parameters),
                 std::to_string(sum.weight_bits)});
  return fmt::format("{}: input {}, {} layers\n\n{}", graph.name,
                     text(graph.tensor(graph.input).shape), graph.nodes.size(), table.text());
}

}  // namespace brownout::model
