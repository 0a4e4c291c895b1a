// SPDX-License-Identifier: Apache-2.0
#include "accel/cycle_engine.h"

#include <fmt/format.h>

#include <optional>

#include "accel/accelerator_module.h"
#include "accel/dram_contents.h"
#include "accel/kernel_module.h"
#include "accel/lowering.h"
#include "sim/core/error.h"

namespace brownout::accel {

CycleEngine::CycleEngine(const models::Graph& graph, const Machine& machine)
    : graph_(graph), machine_(machine), program_(lower(graph, machine)) {}

CycleRun CycleEngine::run(const std::vector<std::uint8_t>& input, const memory::Chip& chip,
                          const OperatingPoint& point, std::uint32_t image,
                          RunObserver* observer) const {
  const std::size_t expected = graph_.tensor(graph_.input).shape.elements();
  if (input.size() != expected) {
    throw InputError(fmt::format("input has {} codes, the network '{}' takes {}", input.size(),
                                 graph_.name, expected));
  }
  CycleRun result{{}, empty_statistics(graph_)};
  std::optional<Probe> probe;
  if (observer != nullptr) probe.emplace(*observer);
  const KernelScope kernel;
  AcceleratorModule accelerator(
      "accelerator",
      {graph_, program_, result.statistics, Payload::kCarried, image, probe ? &*probe : nullptr},
      machine_, point, &chip);
  write_weights(accelerator.dram(), graph_, program_);
  write_image(accelerator.dram(), graph_, program_, input);
  accelerator.run();
  require(accelerator.elapsed() == result.statistics.total().total_cycles(),
          "every cycle of a run belongs to one activity");
  result.inference = read_results(accelerator.dram(), graph_, program_);
  return result;
}

RunStatistics CycleEngine::time(const OperatingPoint& point) const {
  RunStatistics statistics = empty_statistics(graph_);
  const KernelScope kernel;
  AcceleratorModule accelerator("accelerator", {graph_, program_, statistics, Payload::kNone},
                                machine_, point, nullptr);
  accelerator.run();
  require(accelerator.elapsed() == statistics.total().total_cycles(),
          "every cycle of a run belongs to one activity");
  return statistics;
}

}  // namespace brownout::accel
