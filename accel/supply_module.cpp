// SPDX-License-Identifier: Apache-2.0
#include "accel/supply_module.h"

#include <algorithm>
#include <utility>

namespace brownout::accel {

SupplyModule::SupplyModule(sc_core::sc_module_name name, const Machine& machine,
                           OperatingPoint point)
    : sc_module(name),
      machine_(machine),
      point_(std::move(point)),
      present_(point_.before_layer(0)),
      timing_(operating_timing(machine, present_)) {
  for (const auto& [rail, voltage] : present_.rails()) {
    rails_.push_back(std::make_unique<VoltageRailModule>(("rail_" + rail).c_str(),
                                                         memory::VoltageRail(rail, voltage)));
  }
}

void SupplyModule::attach(memory::GroupId group, RailLoadInterface& load) {
  for (const auto& rail : rails_) {
    if (machine_.accelerator.buffers[group].rails().count(rail->rail().name()) != 0) {
      rail->loads(load);
    }
  }
}

void SupplyModule::watch(Probe& probe, ClockPeriod period) {
  for (const auto& rail : rails_) {
    probes_.push_back(std::make_unique<RailProbe>(probe, period));
    rail->loads(*probes_.back());
  }
}

bool SupplyModule::changes_at(std::uint32_t layer) const {
  return present_.rails() != point_.at_layer(layer).rails();
}

Picoseconds SupplyModule::ramp_time(std::uint32_t layer) const {
  return longest_ramp(machine_, present_, point_.at_layer(layer));
}

void SupplyModule::enter(std::uint32_t layer) {
  present_ = point_.at_layer(layer);
  timing_ = operating_timing(machine_, present_);
  for (const auto& rail : rails_) {
    const VminRatio voltage = present_.voltage(rail->rail().name());
    if (voltage != rail->rail().voltage()) rail->set_voltage(voltage);
  }
}

}  // namespace brownout::accel
