// SPDX-License-Identifier: Apache-2.0
#include "memory/chip.h"

#include "memory/cell_draw.h"

namespace brownout::memory {

Chip::Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<BufferRates>& rates,
           const FaultConfig& config, const ChipArrangement& arrangement)
    : id_(id), geometry_(geometry) {
  const bool by_weight = is_ibm_random(config.mapping);
  if (by_weight) weight_map_.emplace(id.value(), rates[GroupId::kFilter].own.curve);
  for (const GroupId group : kGroups) {
    FaultRates drawn = highest(rates[group].own, rates[group].safe);
    const Redundancy& redundancy = arrangement.layouts[group].redundancy;
    if (!redundancy.empty()) drawn = highest(drawn, redundancy.tested);
    if (!config.access_time) drawn.access_time = 0;
    const bool measured = config.is_measured(group);
    if (measured) drawn = {};
    cells_[group] = draw(group, drawn, config, arrangement);
    if (measured) {
      measured_[group].emplace(*config.map, geometry[group], arrangement.order[group], id);
    }
  }
}

Chip::GroupCells Chip::draw(GroupId group, const FaultRates& rates, const FaultConfig& config,
                            const ChipArrangement& arrangement) const {
  const SramGeometry& geometry = geometry_[group];
  const CellLayout& layout = arrangement.layouts[group];
  BankedCells banks =
      lay_out(geometry, layout,
              {draw_cells({id_, group, false}, geometry, layout, rates.curve, config),
               draw_cells({id_, group, true}, geometry, layout, rates.access_time, config)});
  if (weight_map_ && group == GroupId::kFilter) banks.own.curve.clear();
  const auto part = [&](CellLists& lists, std::uint32_t first_column) {
    PartCells cells{
        WeakCells(std::move(lists.curve), geometry.words(), rates.curve, first_column),
        WeakCells(std::move(lists.slow), geometry.words(), rates.access_time, first_column)};
    if (config.is_measured(group)) return cells;
    cells.curve.rearrange(geometry, arrangement.order[group]);
    cells.slow.rearrange(geometry, arrangement.order[group]);
    return cells;
  };
  CellLists none;
  return {part(banks.own, 0), part(banks.check, geometry.macro().word_bits), part(banks.safe, 0),
          part(none, 0)};
}

CellRange Chip::failing(GroupId group, const FaultRates& rates, WordPart part, BitBank bank) const {
  return change(group, {}, rates, part, bank).failed;
}

CellChange Chip::change(GroupId group, const FaultRates& from, const FaultRates& to, WordPart part,
                        BitBank bank) const {
  if (measured_[group] && part == WordPart::kData && bank == BitBank::kOwn) {
    return measured_[group]->change(from.level, to.level);
  }
  return weak_cells(group, part, bank).change(from.curve, to.curve);
}

bool Chip::fails(GroupId group, const BufferRates& rates) const {
  const auto fail = [&](WordPart part, BitBank bank, const FaultRates& at) {
    return !failing(group, at, part, bank).empty() ||
           slow_cells(group, part, bank).failing(at.access_time) > 0;
  };
  return fail(WordPart::kData, BitBank::kOwn, rates.own) ||
         fail(WordPart::kCheck, BitBank::kOwn, rates.own) ||
         fail(WordPart::kData, BitBank::kSafe, rates.safe);
}

}  // namespace brownout::memory
