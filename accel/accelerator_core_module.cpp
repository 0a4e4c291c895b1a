// SPDX-License-Identifier: Apache-2.0
#include "accel/accelerator_core_module.h"

#include <fmt/format.h>

#include <utility>

#include "accel/fault_rates.h"
#include "accel/fault_sources.h"
#include "accel/operating_timing.h"
#include "accel/program_image.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using memory::GroupId;

HostRegisters::Facts host_facts(const RunContext& context) {
  const ProgramImage image(context.graph, context.program);
  return {image.at(0), image.bytes(), static_cast<std::uint32_t>(image.input_bytes()),
          static_cast<std::uint32_t>(image.output_bytes()), context.program.word_bytes};
}

/// The platform chooses the kernel's resolution; our periods are whole picoseconds.
ClockPeriod clock_period(Hertz clock) {
  constexpr double kSlightlyOverOnePicosecond = 1.001e-12;
  const double resolution = sc_core::sc_get_time_resolution().to_seconds();
  if (resolution > kSlightlyOverOnePicosecond) {
    throw InputError(fmt::format(
        "SystemC's time resolution is {} s, the accelerator needs 1 ps or finer", resolution));
  }
  return ClockPeriod(clock);
}

}  // namespace

AcceleratorCoreModule::AcceleratorCoreModule(sc_core::sc_module_name name, RunContext context,
                                             const Machine& machine, const OperatingPoint& point,
                                             const memory::Chip* chip)
    : sc_module(name),
      period_(clock_period(run_clock(machine, point))),
      fault_clock_(fault_clock(machine, point)),
      host_("host_registers", host_facts(context), period_),
      dma_("dma_engine", context, machine.accelerator, period_),
      sequencer_("sequencer", context, period_),
      array_("array", context, machine.accelerator.array, period_),
      vector_("vector", context, period_),
      supply_("supply", machine, point) {
  for (const GroupId group : memory::kGroups)
    groups_[group] = make_group(group, context, machine, chip);
  bind();
  for (const GroupId group : memory::kGroups) supply_.attach(group, *groups_[group]);
  if (context.probe != nullptr) supply_.watch(*context.probe, period_);
}

std::unique_ptr<SramGroupModule> AcceleratorCoreModule::make_group(GroupId group,
                                                                   const RunContext& context,
                                                                   const Machine& machine,
                                                                   const memory::Chip* chip) const {
  const BufferConfig& config = machine.accelerator.buffers[group];
  BufferRails rails{config.rail, config.safe_rail(),
                    [&machine, group, clock = fault_clock_](const BufferSupply& supply) {
                      return buffer_rates(machine, group, supply, clock);
                    }};
  const memory::SramGeometry geometry = machine.geometry()[group];
  std::uint64_t words = geometry.words();
  if (context.payload == Payload::kNone) {
    words = 0;  // nothing is stored
  } else if (group == GroupId::kOfmap && machine.accelerator.memory == MemoryModel::kIdeal) {
    words = context.program.ofmap_bytes / geometry.macro().word_bytes();
  }
  memory::Protection protection;
  protection.code = machine.accelerator.buffers[group].ecc.choice;
  if (chip != nullptr) {
    const FaultContext faults{context.graph, context.program, machine, *chip, context.image};
    protection.data = make_fault_source(faults, group, memory::Storage::kTracked);
    protection.check = make_check_source(faults, group, memory::Storage::kTracked);
  }
  memory::SramGroup buffer(group, geometry, words, std::move(protection));
  if (context.probe != nullptr) buffer.remember_writes();
  return std::make_unique<SramGroupModule>(memory::group_name(group), std::move(buffer),
                                           std::move(rails));
}

void AcceleratorCoreModule::bind() {
  SramGroupModule& ifmap = *groups_[GroupId::kIfmap];
  SramGroupModule& filter = *groups_[GroupId::kFilter];
  SramGroupModule& ofmap = *groups_[GroupId::kOfmap];
  dma_.socket.bind(dma);
  host.bind(host_.socket);
  host_.irq(irq);
  host_.accelerator(sequencer_);
  sequencer_.listeners(host_);
  dma_.ifmap(ifmap);
  dma_.filter(filter);
  dma_.ofmap(ofmap);
  sequencer_.transfers(dma_);
  sequencer_.supply(supply_);
  sequencer_.array(array_);
  sequencer_.vector(vector_);
  array_.ifmap(ifmap);
  array_.filter(filter);
  array_.results(vector_);
  vector_.ifmap(ifmap);
  vector_.ofmap(ofmap);
}

}  // namespace brownout::accel
