// SPDX-License-Identifier: Apache-2.0
#include "accel/chip_maker.h"

#include <algorithm>

#include "accel/cell_layouts.h"
#include "accel/fault_rates.h"
#include "accel/own_cell_faults.h"

namespace brownout::accel {

using memory::GroupId;

ChipMaker::ChipMaker(const models::Graph& graph, const Program& program, const Machine& machine)
    : machine_(machine), geometry_(machine.geometry()), layouts_(cell_layouts(machine)) {
  const memory::FaultConfig& faults = machine.memory.faults;
  if (faults.mapping == memory::FaultMapping::kOwnCells) {
    geometry_[GroupId::kFilter] = with_own_cells(geometry_[GroupId::kFilter], program);
  }
  if (faults.placement.order == memory::PlacementOrder::kFaultAware) {
    fault_aware_.emplace(graph, program, machine);
  }
  if (!faults.map) return;
  memory::require_blocks(*faults.map, geometry_);
  const memory::FaultMap& map = faults.map->map;
  const memory::MapTiles tiles(map, machine.memory.macro);
  for (const memory::MapLevel& level : map.levels()) {
    auto& counts = failing_.emplace_back(tiles.count());
    for (const memory::MapFault& fault : level.faults) {
      ++counts[tiles.place(map.geometry().place(fault.cell)).tile];
    }
  }
}

memory::PerGroup<memory::MacroOrder> ChipMaker::order(ChipId chip) const {
  if (fault_aware_) return fault_aware_->order(chip);
  return memory::macro_order(machine_.memory.faults, geometry_, chip);
}

memory::Chip ChipMaker::make(ChipId chip,
                             const memory::PerGroup<memory::BufferRates>& highest) const {
  return {chip, geometry_, highest, machine_.memory.faults, {order(chip), layouts_}};
}

memory::PerGroup<double> ChipMaker::bit_error_rates(ChipId chip,
                                                    const OperatingPoint& point) const {
  memory::PerGroup<double> rates = accel::bit_error_rates(machine_, point);
  const auto& map = machine_.memory.faults.map;
  if (!map) return rates;
  const memory::PerGroup<memory::MacroOrder> blocks = order(chip);
  for (const OperatingPoint& phase : point.phases()) {
    for (const GroupId group : map->buffers) {
      const auto level = map->level_at(phase.voltage(machine_.accelerator.buffers[group].rail));
      if (!level) continue;
      std::uint64_t failing = 0;
      for (const std::uint32_t block : blocks[group]) failing += failing_[*level][block];
      const double cells =
          static_cast<double>(geometry_[group].words()) * geometry_[group].macro().word_bits;
      rates[group] = std::max(rates[group], static_cast<double>(failing) / cells);
    }
  }
  return rates;
}

}  // namespace brownout::accel
