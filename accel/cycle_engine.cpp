// SPDX-License-Identifier: Apache-2.0
#include "accel/cycle_engine.h"

#include <fmt/format.h>

#include "accel/accelerator_module.h"
#include "accel/kernel_module.h"
#include "accel/lowering.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

/// Writes what the host provides: the weights in fetch order and the image.
void fill_dram(memory::Dram& dram, const models::Graph& graph, const Program& program,
               const std::vector<std::uint8_t>& input) {
  for (std::size_t layer = 0; layer < graph.nodes.size(); ++layer) {
    const auto* conv = std::get_if<models::Conv>(&graph.nodes[layer].operation);
    if (conv == nullptr) continue;
    const std::vector<std::uint8_t> image = filter_image(*conv, *program.layers[layer].conv());
    dram.write(program.layers[layer].filter_address, image.data(), image.size());
  }
  dram.write(program.tensor_addresses[graph.input.value()], input.data(), input.size());
}

/// Reads every node's output back, as the host would the logits.
models::Inference read_results(const memory::Dram& dram, const models::Graph& graph,
                               const Program& program) {
  models::Inference inference;
  for (const models::Node& node : graph.nodes) {
    const models::Tensor& tensor = graph.tensor(node.output);
    const std::uint64_t address = program.tensor_addresses[node.output.value()];
    const bool raw = tensor.type == models::ElementType::kInt32;
    std::vector<std::uint8_t> bytes(tensor.shape.elements() * (raw ? 4 : 1));
    dram.read(address, bytes.data(), bytes.size());
    if (raw) {
      for (std::size_t i = 0; i < bytes.size(); i += 4) {
        const std::uint32_t value = bytes[i] | static_cast<std::uint32_t>(bytes[i + 1]) << 8 |
                                    static_cast<std::uint32_t>(bytes[i + 2]) << 16 |
                                    static_cast<std::uint32_t>(bytes[i + 3]) << 24;
        inference.logits.push_back(static_cast<std::int32_t>(value));
      }
      bytes.clear();
    } else if (node.output == graph.output) {
      for (const std::uint8_t code : bytes) inference.logits.push_back(code - tensor.zero_point);
    }
    inference.codes.push_back(std::move(bytes));
  }
  return inference;
}

}  // namespace

CycleEngine::CycleEngine(const models::Graph& graph, const Machine& machine)
    : graph_(graph), machine_(machine), program_(lower(graph, machine)) {}

RunStatistics CycleEngine::empty_statistics() const {
  RunStatistics statistics;
  for (const models::Node& node : graph_.nodes) statistics.names.push_back(node.name);
  statistics.layers.resize(graph_.nodes.size());
  return statistics;
}

CycleRun CycleEngine::run(const std::vector<std::uint8_t>& input, const memory::Chip& chip,
                          const OperatingPoint& point) const {
  const std::size_t expected = graph_.tensor(graph_.input).shape.elements();
  if (input.size() != expected) {
    throw InputError(fmt::format("input has {} codes, the network '{}' takes {}", input.size(),
                                 graph_.name, expected));
  }
  CycleRun result{{}, empty_statistics()};
  const KernelScope kernel;
  AcceleratorModule accelerator("accelerator",
                                {graph_, program_, result.statistics, Payload::kCarried}, machine_,
                                point, &chip);
  fill_dram(accelerator.dram(), graph_, program_, input);
  accelerator.run();
  require(accelerator.elapsed() == result.statistics.total().total_cycles(),
          "every cycle of a run belongs to one activity");
  result.inference = read_results(accelerator.dram(), graph_, program_);
  return result;
}

RunStatistics CycleEngine::time(const OperatingPoint& point) const {
  RunStatistics statistics = empty_statistics();
  const KernelScope kernel;
  AcceleratorModule accelerator("accelerator", {graph_, program_, statistics, Payload::kNone},
                                machine_, point, nullptr);
  accelerator.run();
  require(accelerator.elapsed() == statistics.total().total_cycles(),
          "every cycle of a run belongs to one activity");
  return statistics;
}

}  // namespace brownout::accel
