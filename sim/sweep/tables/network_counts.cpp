// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/tables/network_counts.h"

#include <fmt/format.h>

#include "accel/accounting.h"
#include "accel/cycle_engine.h"
#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

std::uint64_t paper_accesses(const models::Graph& graph, const TableNetwork& network,
                             const accel::Machine& machine) {
  std::uint64_t weights = 0;
  bool padded = network.padded_layer.empty();
  for (const models::Node& node : graph.nodes) {
    const auto* conv = std::get_if<models::Conv>(&node.operation);
    if (conv == nullptr) continue;
    std::optional<int> padding;
    if (node.name == network.padded_layer) padding = network.counted_padding;
    padded = padded || padding;
    const accel::LayerGemm gemm =
        accel::neuralfuse_gemm(*conv, graph.tensor(node.inputs.front()).shape, padding);
    weights += accel::neuralfuse_weight_reads(gemm, machine.accelerator.array.rows);
  }
  if (!padded) {
    throw InputError(fmt::format("counted_padding of '{}': found no convolution '{}' in '{}'",
                                 network.name, network.padded_layer, network.choice.name));
  }
  return weights / machine.memory.macro.word_bytes();
}

}  // namespace

NetworkCounts count_network(const TableNetwork& network, const ExperimentConfig& config) {
  const models::UntrainedNetwork untrained = models::make_untrained(network.choice);
  const accel::LayerStatistics total =
      accel::CycleEngine(untrained.graph, config.machine).time(config.rails).total();
  return {network.name,
          untrained.counts,
          paper_accesses(untrained.graph, network, config.machine),
          total.accesses[memory::GroupId::kFilter].reads,
          total.macs,
          total.total_cycles().count()};
}

NetworkCounts count_float_network(const TableNetwork& network) {
  NetworkCounts counts;
  counts.name = network.name;
  counts.published = models::make_untrained(network.choice).counts;
  return counts;
}

}  // namespace brownout::sweep
