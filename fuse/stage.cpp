// SPDX-License-Identifier: Apache-2.0
#include "fuse/stage.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "accel/cell_layouts.h"
#include "accel/fault_rates.h"
#include "memory/macro_order.h"
#include "models/onnx/import.h"
#include "models/zoo/untrained.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

models::Graph load_generator(const GeneratorChoice& choice, const models::Graph& base) {
  if (!choice.zoo.empty()) {
    return models::make_untrained({choice.zoo, base.tensor(base.input).shape, 1}).graph;
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(choice.file, error)) {
    throw InputError(fmt::format("no such file: {}", choice.file.string()));
  }
  models::Graph graph = models::load_onnx(choice.file);
  graph.name = choice.name();
  return graph;
}

}  // namespace

memory::MemoryConfig own_memory(memory::MemoryConfig base) {
  base.faults.map.reset();
  base.faults.placement = {};
  base.faults.mapping = memory::FaultMapping::kAddress;
  return base;
}

memory::Chip make_stage_chip(const Stage& stage, ChipId base) {
  constexpr std::uint64_t kOwn = std::uint64_t{1} << 63;
  const ChipId id(base.value() | kOwn);
  const accel::Machine& machine = stage.setup.machine;
  const auto geometry = machine.geometry();
  return {id,
          geometry,
          accel::highest_fault_rates(machine, stage.setup.rails),
          machine.memory.faults,
          {memory::macro_order(machine.memory.faults, geometry, id), accel::cell_layouts(machine)}};
}

Stage make_stage(StageSetup setup, models::Graph generator, const models::Graph& base) {
  Stage stage{std::move(setup), std::move(generator), {}, base};
  stage.front = make_front(stage.generator, base, stage.setup.config.generator.output);
  return stage;
}

Stage make_stage(StageSetup setup, const models::Graph& base) {
  models::Graph generator = load_generator(setup.config.generator, base);
  return make_stage(std::move(setup), std::move(generator), base);
}

models::Graph network_on_array(const Stage& stage) {
  return stage.placement() == Placement::kArray ? join(stage.front, stage.base) : stage.base;
}

accel::OperatingPoint raised_for_stage(const accel::OperatingPoint& base,
                                       const accel::OperatingPoint& raised, std::uint32_t layers) {
  require(layers > 0, "a stage on the array has layers");
  std::map<std::string, VminRatio> rails = base.rails();
  std::vector<accel::VoltageChange> schedule;
  for (auto& [name, voltage] : rails) {
    const VminRatio before = raised.voltage(name);
    if (before != voltage) schedule.push_back({layers, name, voltage});
    voltage = before;
  }
  schedule.insert(schedule.end(), base.schedule().begin(), base.schedule().end());
  return accel::OperatingPoint(std::move(rails), std::move(schedule));
}

accel::OperatingPoint from_layer(const accel::OperatingPoint& point, std::uint32_t first) {
  std::vector<accel::VoltageChange> schedule;
  for (accel::VoltageChange change : point.schedule()) {
    if (change.layer <= first) continue;
    change.layer -= first;
    schedule.push_back(std::move(change));
  }
  return accel::OperatingPoint(point.at_layer(first).rails(), std::move(schedule));
}

}  // namespace brownout::fuse
