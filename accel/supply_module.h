// SPDX-License-Identifier: Apache-2.0
// The accelerator's supply (layer 3): its rails, and their voltages along the network.
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "accel/operating_timing.h"
#include "accel/rail_probe_module.h"
#include "accel/sram_group_module.h"

namespace brownout::accel {

/// How the sequencer changes voltages; it waits for ramps itself.
class SupplyInterface : public sc_core::sc_interface {
 public:
  /// Whether some rail must change before `layer`.
  [[nodiscard]] virtual bool changes_at(std::uint32_t layer) const = 0;
  /// From now to the voltages of `layer`; rails ramp side by side.
  [[nodiscard]] virtual Picoseconds ramp_time(std::uint32_t layer) const = 0;
  /// Puts all rails at the voltages of `layer`: the ramp is over.
  virtual void enter(std::uint32_t layer) = 0;
  /// At the present voltages.
  [[nodiscard]] virtual const OperatingTiming& timing() const = 0;
};

class SupplyModule : public sc_core::sc_module, public SupplyInterface {
 public:
  /// Rails begin as the last layer of an image leaves them. `machine` must outlive the module.
  /// Throws as operating_timing.
  SupplyModule(sc_core::sc_module_name name, const Machine& machine, OperatingPoint point);

  /// Hangs a buffer on its rails, before the simulation starts.
  void attach(memory::GroupId group, RailLoadInterface& load);

  /// Lets `probe` know of every voltage, before the simulation starts.
  void watch(Probe& probe, ClockPeriod period);

  bool changes_at(std::uint32_t layer) const override;
  Picoseconds ramp_time(std::uint32_t layer) const override;
  void enter(std::uint32_t layer) override;
  const OperatingTiming& timing() const override { return timing_; }

 private:
  const Machine& machine_;
  OperatingPoint point_;
  OperatingPoint present_;  // without schedule
  OperatingTiming timing_;
  std::vector<std::unique_ptr<VoltageRailModule>> rails_;
  std::vector<std::unique_ptr<RailProbe>> probes_;
};

}  // namespace brownout::accel
