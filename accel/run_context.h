// SPDX-License-Identifier: Apache-2.0
// What the blocks of one simulation share (layer 3).
#pragma once

#include "accel/probe.h"
#include "accel/program.h"
#include "accel/run_statistics.h"
#include "models/graph.h"

namespace brownout::accel {

/// Whether operands and results are computed, or only their time and accesses. Both give the same
/// statistics.
enum class Payload { kCarried, kNone };

struct RunContext {
  const models::Graph& graph;
  const Program& program;
  RunStatistics& statistics;
  Payload payload;
  std::uint32_t image = 0;  ///< its number, which accesses that fail at random depend on
  Probe* probe = nullptr;   ///< of a run somebody watches

  [[nodiscard]] const models::Node& node(const Step& step) const { return graph.nodes[step.layer]; }
  [[nodiscard]] LayerStatistics& layer_statistics(std::uint32_t layer) const {
    return statistics.layers[layer];
  }
};

/// Zeros for every node of `graph`.
[[nodiscard]] inline RunStatistics empty_statistics(const models::Graph& graph) {
  RunStatistics statistics;
  for (const models::Node& node : graph.nodes) statistics.names.push_back(node.name);
  statistics.layers.resize(graph.nodes.size());
  return statistics;
}

}  // namespace brownout::accel
