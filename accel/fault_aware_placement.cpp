// SPDX-License-Identifier: Apache-2.0
#include "accel/fault_aware_placement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "accel/buffer_usage.h"
#include "accel/cell_layouts.h"
#include "accel/fault_rates.h"
#include "sim/core/assignment.h"

namespace brownout::accel {

using memory::GroupId;

namespace {

/// Squared error of a wrong bit in units of the byte's last place, per access.
double weight_of(const memory::WeakCell& cell) {
  const double error = std::ldexp(1.0, 2 * static_cast<int>(cell.bit.value() % 8));
  return is_random(cell.mechanism) ? error * std::ldexp(cell.chance + 1.0, -32) : error;
}

}  // namespace

FaultAwarePlacement::FaultAwarePlacement(const models::Graph& graph, const Program& program,
                                         const Machine& machine)
    : machine_(machine),
      geometry_(machine.geometry()),
      pools_(memory::macro_pools(machine.memory.faults, geometry_)) {
  for (const GroupId group : memory::kGroups) {
    usage_[group] = buffer_usage(graph, program, machine, group);
  }
  if (machine.memory.faults.map) measured_ = measured_blocks();
  for (memory::MacroPool& pool : pools_) {
    if (pool.measured) place(pool, measured_);
  }
}

memory::FaultRates FaultAwarePlacement::test_rates(GroupId group) const {
  return fault_rates(machine_, group, machine_.memory.faults.placement.test_at,
                     machine_.accelerator.clock);
}

FaultAwarePlacement::Blocks FaultAwarePlacement::measured_blocks() const {
  const memory::MapConfig& map = *machine_.memory.faults.map;
  const memory::MacroGeometry& macro = machine_.memory.macro;
  const std::uint32_t count = memory::MapTiles(map.map, macro).count();
  // One bank: block after block.
  const memory::SramGeometry all(macro, Bytes(count * macro.bytes()), 1);
  memory::MacroOrder in_order(count);
  std::iota(in_order.begin(), in_order.end(), 0U);
  const memory::MeasuredCells cells(map, all, in_order, ChipId(0));
  Blocks blocks(count);
  for (const memory::WeakCell& cell :
       cells.failing(map.level_at(machine_.memory.faults.placement.test_at))) {
    const memory::WordLocation at = all.locate(cell.word);
    blocks[at.macro.value()].push_back({at.row.value(), weight_of(cell)});
  }
  return blocks;
}

memory::Chip FaultAwarePlacement::as_drawn(ChipId chip) const {
  memory::PerGroup<memory::BufferRates> rates;
  for (const GroupId group : memory::kGroups) rates[group] = test_rates(group);
  return {chip,
          geometry_,
          rates,
          machine_.memory.faults,
          {memory::dealt(memory::macro_pools(machine_.memory.faults, geometry_), geometry_),
           cell_layouts(machine_)}};
}

FaultAwarePlacement::Blocks FaultAwarePlacement::drawn_blocks(const memory::Chip& chip,
                                                              GroupId group) const {
  Blocks blocks(geometry_[group].macros());
  const auto add = [&](const memory::CellRange& cells) {
    for (const memory::WeakCell& cell : cells) {
      const memory::WordLocation at = geometry_[group].locate(cell.word);
      blocks[at.macro.value()].push_back({at.row.value(), weight_of(cell)});
    }
  };
  const memory::FaultRates rates = test_rates(group);
  add(chip.failing(group, rates));
  add(chip.slow_cells(group).change(0, rates.access_time).failed);
  return blocks;
}

double FaultAwarePlacement::cost(const Block& block, const memory::MacroSlot& slot) const {
  const memory::SramGeometry& geometry = geometry_[slot.group];
  double sum = 0;
  for (const BlockFault& fault : block) {
    const WordId word = geometry.word_at(slot.macro, RowId(fault.row));
    sum += fault.weight * usage_[slot.group][word.value()];
  }
  return sum;
}

bool FaultAwarePlacement::is_used(const memory::MacroSlot& slot) const {
  // Usage never rises from word to word, and so not from row to row.
  return usage_[slot.group][geometry_[slot.group].word_at(slot.macro, RowId(0)).value()] > 0;
}

void FaultAwarePlacement::place(memory::MacroPool& pool, const Blocks& blocks) const {
  CostMatrix matrix{0, pool.blocks.size(), {}};
  for (const memory::MacroSlot& slot : pool.slots) {
    if (!is_used(slot)) continue;
    ++matrix.rows;
    for (const std::uint32_t block : pool.blocks) {
      matrix.costs.push_back(cost(blocks[block], slot));
    }
  }
  const std::vector<std::uint32_t> chosen = cheapest_assignment(matrix);
  std::vector<bool> taken(pool.blocks.size());
  for (const std::uint32_t column : chosen) taken[column] = true;
  // Macros no layer comes to get what is left, as it comes.
  std::vector<std::uint32_t> placed;
  auto next = chosen.begin();
  std::size_t left = 0;
  for (const memory::MacroSlot& slot : pool.slots) {
    if (is_used(slot)) {
      placed.push_back(pool.blocks[*next++]);
      continue;
    }
    while (taken[left]) ++left;
    placed.push_back(pool.blocks[left++]);
  }
  pool.blocks = std::move(placed);
}

memory::PerGroup<memory::MacroOrder> FaultAwarePlacement::order(ChipId chip) const {
  std::vector<memory::MacroPool> pools = pools_;
  std::optional<memory::Chip> drawn;
  std::optional<GroupId> group;  // whose blocks these are
  Blocks blocks;
  for (memory::MacroPool& pool : pools) {
    if (pool.measured) continue;
    if (!drawn) drawn.emplace(as_drawn(chip));
    if (group != pool.slots.front().group) {
      group = pool.slots.front().group;
      blocks = drawn_blocks(*drawn, *group);
    }
    place(pool, blocks);
  }
  return memory::dealt(pools, geometry_);
}

double FaultAwarePlacement::cost(ChipId chip,
                                 const memory::PerGroup<memory::MacroOrder>& order) const {
  const memory::Chip drawn = as_drawn(chip);
  double sum = 0;
  for (const GroupId group : memory::kGroups) {
    const bool measured = machine_.memory.faults.is_measured(group);
    const Blocks own = measured ? Blocks() : drawn_blocks(drawn, group);
    const Blocks& blocks = measured ? measured_ : own;
    for (std::uint32_t macro = 0; macro < order[group].size(); ++macro) {
      sum += cost(blocks[order[group][macro]], {group, MacroId(macro)});
    }
  }
  return sum;
}

}  // namespace brownout::accel
