// SPDX-License-Identifier: Apache-2.0
#include "accel/energy_model.h"

#include "accel/cell_layouts.h"
#include "accel/fault_rates.h"
#include "accel/operating_timing.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using memory::GroupId;

/// A buffer's banks in units of a plain word's columns and of its plain macros' cells.
struct BufferShares {
  double own_columns;
  double safe_columns;
  double own_cells;
  double safe_cells;
};

BufferShares shares_of(const memory::SramGeometry& geometry, const memory::CellLayout& layout) {
  const double word_bits = geometry.macro().word_bits;
  const double safe = layout.safe_bits / 8.0;
  const memory::AreaBits area = memory::area_bits(geometry, layout);
  const auto data = static_cast<double>(area.data);
  return {layout.columns(geometry.macro()) / word_bits - safe, safe,
          static_cast<double>(area.total() - area.safe) / data,
          static_cast<double>(area.safe) / data};
}

/// Every access takes all columns of its row along, spare ones too: which of them count is decided
/// behind the sense amplifiers.
Picojoules sram_energy(const memory::AccessCounts& accesses, const memory::MemoryConfig& memory,
                       const BufferShares& shares, const BufferSupply& supply) {
  const Picojoules at_vmin = memory.energy.read * static_cast<double>(accesses.reads) +
                             memory.energy.write * static_cast<double>(accesses.writes);
  return at_vmin * (shares.own_columns * memory.curve.energy_factor(supply.own) +
                    shares.safe_columns * memory.curve.energy_factor(supply.safe));
}

Picojoules leakage_energy(const memory::SramGeometry& geometry, const memory::MemoryConfig& memory,
                          const BufferShares& shares, const BufferSupply& supply,
                          Picoseconds time) {
  const Milliwatts macro = memory.leakage.at(supply.own) * shares.own_cells +
                           memory.leakage.at(supply.safe) * shares.safe_cells;
  return macro * geometry.macros() * time;
}

}  // namespace

Picojoules EnergyBreakdown::total() const {
  Picojoules sum;
  for (const auto& [name, energy] : walk(*this)) sum += energy;
  return sum;
}

EnergyBreakdown& EnergyBreakdown::operator+=(const EnergyBreakdown& other) {
  ifmap_sram += other.ifmap_sram;
  filter_sram += other.filter_sram;
  ofmap_sram += other.ofmap_sram;
  ecc += other.ecc;
  array += other.array;
  vector += other.vector;
  dram += other.dram;
  leakage += other.leakage;
  rail_ramps += other.rail_ramps;
  outside += other.outside;
  return *this;
}

std::vector<std::pair<std::string, Picojoules>> walk(const EnergyBreakdown& energy) {
  return {{"filter_sram", energy.filter_sram},
          {"ifmap_sram", energy.ifmap_sram},
          {"ofmap_sram", energy.ofmap_sram},
          {"ecc", energy.ecc},
          {"array", energy.array},
          {"vector", energy.vector},
          {"dram", energy.dram},
          {"leakage", energy.leakage},
          {"rail_ramps", energy.rail_ramps},
          {"outside", energy.outside}};
}

namespace {

/// Coders are logic beside the buffers.
Picojoules ecc_energy(const LayerStatistics& statistics, const Machine& machine) {
  Picojoules sum;
  for (const GroupId group : memory::kGroups) {
    const memory::EccConfig& ecc = machine.accelerator.buffers[group].ecc;
    if (ecc.choice.code == memory::Code::kNone) continue;
    const memory::WordCode code = machine.code(group);
    const memory::AccessCounts& accesses = statistics.accesses[group];
    sum += ecc.encode_energy(code) * static_cast<double>(accesses.writes) +
           ecc.decode_energy(code) * static_cast<double>(accesses.reads);
  }
  return sum;
}

EnergyBreakdown energy_at(const LayerStatistics& statistics, const Machine& machine,
                          const OperatingPoint& point, Hertz clock) {
  const AcceleratorConfig& accelerator = machine.accelerator;
  const Picoseconds time = duration(statistics.total_cycles(), clock);
  const auto geometry = machine.geometry();
  const auto layouts = cell_layouts(machine);
  EnergyBreakdown energy;
  const auto sram = [&](GroupId group) {
    const BufferShares shares = shares_of(geometry[group], layouts[group]);
    const BufferSupply supply = buffer_supply(accelerator.buffers[group], point);
    energy.leakage += leakage_energy(geometry[group], machine.memory, shares, supply, time);
    return sram_energy(statistics.accesses[group], machine.memory, shares, supply);
  };
  energy.ifmap_sram = sram(GroupId::kIfmap);
  energy.filter_sram = sram(GroupId::kFilter);
  energy.ofmap_sram = sram(GroupId::kOfmap);

  const double logic = point.voltage(accelerator.array.rail).count();
  energy.array =
      accelerator.array.energy_per_mac * static_cast<double>(statistics.macs) * (logic * logic);
  energy.ecc = ecc_energy(statistics, machine) * (logic * logic);
  energy.vector = accelerator.vector.energy_per_op * static_cast<double>(statistics.vector_ops) *
                  (logic * logic);
  energy.dram = accelerator.dram.energy_per_byte *
                    static_cast<double>(statistics.dram_read_bytes + statistics.dram_write_bytes) +
                accelerator.dram.energy_per_activation *
                    static_cast<double>(statistics.dram_events.activations);
  return energy;
}

EnergyBreakdown layer_energy(const LayerStatistics& statistics, const Machine& machine,
                             const OperatingPoint& point, std::uint32_t layer, Hertz clock) {
  const OperatingPoint here = point.at_layer(layer);
  EnergyBreakdown energy = energy_at(statistics, machine, here, clock);
  energy.rail_ramps = ramp_energy(machine, point.before_layer(layer), here);
  return energy;
}

}  // namespace

EnergyBreakdown energy_of(const LayerStatistics& statistics, const Machine& machine,
                          const OperatingPoint& point) {
  require(point.schedule().empty(), "the energy of a layer is asked for at its own voltages");
  return energy_at(statistics, machine, point, run_clock(machine, point));
}

EnergyBreakdown energy_of_layer(const LayerStatistics& statistics, const Machine& machine,
                                const OperatingPoint& point, std::uint32_t layer) {
  return layer_energy(statistics, machine, point, layer, run_clock(machine, point));
}

EnergyBreakdown energy_of(const RunStatistics& run, const Machine& machine,
                          const OperatingPoint& point) {
  const Hertz clock = run_clock(machine, point);
  EnergyBreakdown sum;
  for (std::uint32_t layer = 0; layer < run.layers.size(); ++layer) {
    sum += layer_energy(run.layers[layer], machine, point, layer, clock);
  }
  return sum;
}

}  // namespace brownout::accel
