// SPDX-License-Identifier: Apache-2.0
// A small machine for tests: every buffer on its own rail, so that each can fail alone.
#pragma once

#include "accel/accelerator_config.h"
#include "accel/cell_layouts.h"
#include "accel/fault_rates.h"
#include "accel/operating_point.h"

namespace brownout::accel {

/// 3 % of the cells fail at 0.8 Vmin, none at Vmin; buffers of `macros` macros of 64 words.
inline Machine small_machine(std::uint32_t rows, std::uint32_t cols, std::uint32_t macros) {
  memory::MemoryConfig memory{
      "test memory",
      "none",
      {},
      memory::VoltageCurve(
          {{VminRatio(0.8), 0.03, 0.64}, {VminRatio(0.9), 0.001, 0.81}, {VminRatio(1.0), 0, 1}},
          memory::Interpolation::kProbit),
      {64, 64},
      {},
      {Picojoules(10), Picojoules(12)},
      "none",
      {Milliwatts(0.5), 1},
      "none",
      {}};
  AcceleratorConfig accelerator;
  accelerator.name = "test";
  accelerator.array.rows = rows;
  accelerator.array.cols = cols;
  accelerator.array.energy_per_mac = Picojoules(0.3);
  for (const memory::GroupId group : memory::kGroups) {
    accelerator.buffers[group] = {Bytes(macros * memory.macro.bytes()), 1, 1,
                                  memory::group_name(group)};
  }
  accelerator.vector = {3, Picojoules(0.2)};
  accelerator.dram.t_rp = Picoseconds(14000);
  accelerator.dram.t_rcd = Picoseconds(12000);
  accelerator.dram.t_cl = Picoseconds(18000);
  accelerator.dram.latency = Picoseconds(10000);
  accelerator.dram.energy_per_byte = Picojoules(30);
  accelerator.dram.energy_per_activation = Picojoules(500);
  return {accelerator, memory, {}};
}

inline OperatingPoint rails(double ifmap, double filter, double ofmap) {
  return OperatingPoint({{"logic", VminRatio(1)},
                         {"ifmap", VminRatio(ifmap)},
                         {"filter", VminRatio(filter)},
                         {"ofmap", VminRatio(ofmap)}});
}

/// A chip for `point`, its macros in the configuration's order.
inline memory::Chip chip_at(const Machine& machine, ChipId id, const OperatingPoint& point) {
  const auto geometry = machine.geometry();
  const memory::FaultConfig& faults = machine.memory.faults;
  return {id,
          geometry,
          highest_fault_rates(machine, point),
          faults,
          {memory::macro_order(faults, geometry, id), cell_layouts(machine)}};
}

}  // namespace brownout::accel
