// SPDX-License-Identifier: Apache-2.0
#include "accel/fast_engine.h"

#include <utility>

#include "accel/fault_view.h"
#include "accel/lowering.h"

namespace brownout::accel {

using memory::GroupId;

FastEngine::FastEngine(const models::Graph& graph, const Machine& machine)
    : graph_(graph), machine_(machine), program_(lower(graph, machine)), fast_(graph) {}

FastEngine::View FastEngine::view(const memory::Chip& chip, const OperatingPoint& point) const {
  const auto geometry = machine_.geometry();
  memory::PerGroup<double> rates;  // that `masks` are for
  memory::PerGroup<memory::FaultMask> masks;
  const BufferFaults ifmap{geometry[GroupId::kIfmap], masks[GroupId::kIfmap]};
  const BufferFaults filter{geometry[GroupId::kFilter], masks[GroupId::kFilter]};
  const BufferFaults ofmap{geometry[GroupId::kOfmap], masks[GroupId::kOfmap]};
  const auto highest = bit_error_rates(machine_, point);
  const auto fails = [&](GroupId group) {
    return chip.weak_cells(group).failing(highest[group]) > 0;
  };
  const bool faulty_activations = fails(GroupId::kIfmap) || fails(GroupId::kOfmap);

  std::vector<std::vector<std::int8_t>> weights(graph_.nodes.size());
  ActivationFaults activations;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const models::Node& node = graph_.nodes[i];
    const LayerProgram& layer = program_.layers[i];
    const auto here = bit_error_rates(machine_, point.at_layer(static_cast<std::uint32_t>(i)));
    for (const GroupId group : memory::kGroups) {
      if (i == 0 || here[group] != rates[group]) {
        masks[group] = chip.weak_cells(group).mask(here[group]);
      }
    }
    rates = here;
    if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
      weights[i] = read_weights(*conv, *layer.conv(), filter);
    }
    if (faulty_activations) {
      NodeFaults faults = activation_faults(graph_, node, layer, ifmap, ofmap);
      if (!faults.partial_sums.sums.empty()) faults.partial_sums.weights = weights[i];
      activations.push_back(std::move(faults));
    }
  }
  return {fast_.pack(weights), std::move(activations)};
}

FastGraph::Workspace FastEngine::make_workspace() const { return FastGraph::Workspace(fast_); }

void FastEngine::run(const View& view, const std::vector<std::uint8_t>& input,
                     FastGraph::Workspace& workspace, std::vector<std::int32_t>& logits) const {
  fast_.run(view.weights, input.data(), workspace, logits,
            view.activations.empty() ? nullptr : &view.activations);
}

models::Inference FastEngine::run_all(const View& view, const std::vector<std::uint8_t>& input,
                                      FastGraph::Workspace& workspace) const {
  return fast_.run_all(view.weights, view.activations.empty() ? nullptr : &view.activations,
                       input.data(), workspace);
}

}  // namespace brownout::accel
