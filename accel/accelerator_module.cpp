// SPDX-License-Identifier: Apache-2.0
#include "accel/accelerator_module.h"

#include <utility>

namespace brownout::accel {

using memory::GroupId;

AcceleratorModule::AcceleratorModule(sc_core::sc_module_name name, RunContext context,
                                     const Machine& machine, const OperatingPoint& point,
                                     const memory::Chip* chip)
    : sc_module(name),
      period_(machine.accelerator.clock),
      dram_(
          "dram",
          memory::Dram(Bytes(context.program.dram_bytes), machine.accelerator.dram.bytes_per_cycle,
                       machine.accelerator.dram.latency),
          period_),
      dma_("dma", context),
      sequencer_("sequencer", context, period_),
      array_("array", context, machine.accelerator.array, period_),
      vector_("vector", context, period_) {
  for (const GroupId group : memory::kGroups) groups_[group] = make_group(group, machine, chip);
  bind();
  for (const auto& [rail_name, voltage] : point.rails()) {
    rails_.push_back(std::make_unique<VoltageRailModule>(("rail_" + rail_name).c_str(),
                                                         memory::VoltageRail(rail_name, voltage)));
    for (const GroupId group : memory::kGroups) {
      if (machine.accelerator.buffers[group].rail == rail_name)
        rails_.back()->loads(*groups_[group]);
    }
  }
}

std::unique_ptr<SramGroupModule> AcceleratorModule::make_group(GroupId group,
                                                               const Machine& machine,
                                                               const memory::Chip* chip) const {
  FaultsAt faults_at = [&curve = machine.memory.curve, chip, group](VminRatio voltage) {
    const double rate = curve.bit_error_rate(voltage);
    return chip == nullptr ? memory::FaultMask{} : chip->weak_cells(group).mask(rate);
  };
  return std::make_unique<SramGroupModule>(memory::group_name(group),
                                           memory::SramGroup(group, machine.geometry()[group]),
                                           std::move(faults_at));
}

void AcceleratorModule::bind() {
  SramGroupModule& ifmap = *groups_[GroupId::kIfmap];
  SramGroupModule& filter = *groups_[GroupId::kFilter];
  SramGroupModule& ofmap = *groups_[GroupId::kOfmap];
  dma_.socket.bind(dram_.socket);
  dma_.ifmap(ifmap);
  dma_.filter(filter);
  dma_.ofmap(ofmap);
  sequencer_.transfers(dma_);
  sequencer_.array(array_);
  sequencer_.vector(vector_);
  array_.ifmap(ifmap);
  array_.filter(filter);
  array_.results(vector_);
  vector_.ifmap(ifmap);
  vector_.ofmap(ofmap);
}

void AcceleratorModule::run() {
  sc_core::sc_start();
  require(sequencer_.finished(),
          "the program ran to its end (a step waits for a transfer forever)");
}

}  // namespace brownout::accel
