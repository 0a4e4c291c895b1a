// SPDX-License-Identifier: Apache-2.0
#include "sim/model/inspect.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "sim/core/statistics.h"
#include "sim/sweep/layer_costs.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::model {
namespace {

using sweep::LayerCosts;
using sweep::LayerSensitivity;

const std::vector<sweep::TextColumn>& cost_columns() {
  static const std::vector<sweep::TextColumn> kColumns = {
      {"", "layer", true}, {"", "operation", true},   {"", "output (C x H x W)", true},
      {"", "MACs", false}, {"", "parameters", false}, {"", "weight bits", false}};
  return kColumns;
}

std::vector<std::string> cost_cells(const LayerCosts& layer) {
  return {layer.name,
          layer.operation,
          sweep::shape_text(layer.output),
          std::to_string(layer.macs),
          std::to_string(layer.parameters),
          std::to_string(layer.weight_bits)};
}

}  // namespace

std::string inspect_text(const models::Graph& graph) {
  sweep::TextTable table(cost_columns());
  LayerCosts sum;
  for (const LayerCosts& layer : sweep::layer_costs(graph)) {
    sum.macs += layer.macs;
    sum.parameters += layer.parameters;
    sum.weight_bits += layer.weight_bits;
    table.add_row(cost_cells(layer));
  }
  table.add_row({"total", "", "", std::to_string(sum.macs), std::to_string(sum.parameters),
                 std::to_string(sum.weight_bits)});
  return fmt::format("{}: input {}, {} layers\n\n{}", graph.name,
                     sweep::shape_text(graph.tensor(graph.input).shape), graph.nodes.size(),
                     table.text());
}

std::string inspect_text(const sweep::Sensitivities& sensitivities) {
  std::vector<sweep::TextColumn> columns = cost_columns();
  for (const VminRatio voltage : sensitivities.voltages) {
    const std::string group = fmt::format("lost at {:.4f} Vmin, %", voltage.count());
    columns.push_back({group, "wrong bits", false});
    columns.push_back({group, "mean", false});
    columns.push_back({group, "std", false});
    columns.push_back({group, "worst", false});
  }
  sweep::TextTable table(columns);
  const std::size_t layers = sensitivities.layers.size() / sensitivities.voltages.size();
  for (std::size_t i = 0; i < layers; ++i) {
    std::vector<std::string> cells = cost_cells(sensitivities.costs[sensitivities.layers[i].layer]);
    for (std::size_t at = i; at < sensitivities.layers.size(); at += layers) {
      const LayerSensitivity& one = sensitivities.layers[at];
      cells.push_back(sweep::rate(one.wrong_bits));
      for (const double share : {one.mean(), one.deviation(), one.worst()}) {
        cells.push_back(sweep::percent(share, 2));
      }
    }
    table.add_row(std::move(cells));
  }
  const std::size_t chips = sensitivities.references.size();
  return fmt::format(
      "{}: accuracy {} % over {} chip{} and {} images, and what is lost of it when rail '{}' is "
      "lowered in one layer alone\n\n{}",
      sensitivities.network, sweep::percent(mean(sensitivities.references), 2), chips,
      chips == 1 ? "" : "s", sweep::thousands(sensitivities.images), sensitivities.rail,
      table.text());
}

std::string inspect_text(const sweep::ChannelErrors& errors) {
  const std::string weights = "weights, of their norm";
  const std::string sums = "channel's sums, of their spread";
  sweep::TextTable table({{"", "voltage", true},
                          {"", "layer", true},
                          {"", "weights a channel", false},
                          {weights, "error", false},
                          {weights, "sum of errors", false},
                          {weights, "largest", false},
                          {weights, "together", false},
                          {sums, "shift", false},
                          {sums, "largest", false},
                          {sums, "noise", false}});
  const auto number = [](double value) { return fmt::format("{:.3f}", value); };
  for (const sweep::ChannelSummary& one : sweep::summarise(errors)) {
    table.add_row({fmt::format("{:.4f} Vmin", one.voltage.count()), errors.layers[one.layer],
                   std::to_string(one.weights), number(one.error), number(one.sum),
                   number(one.largest_sum), fmt::format("{:.2f}", one.together), number(one.shift),
                   number(one.largest_shift), number(one.noise)});
  }
  return fmt::format(
      "{}: channels of {} chip{} with rail '{}' lowered, sums over {} images\n"
      "root mean squares over channels and chips; largest: of a chip's channels, mean over chips;\n"
      "together: squared sums over squared errors, 1 where errors are independent\n\n{}",
      errors.network, errors.chips, errors.chips == 1 ? "" : "s", errors.rail,
      sweep::thousands(errors.images), table.text());
}

}  // namespace brownout::model
