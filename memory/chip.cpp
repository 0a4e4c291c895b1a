// SPDX-License-Identifier: Apache-2.0
#include "memory/chip.h"

namespace brownout::memory {

Chip::Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<FaultRates>& highest,
           const FaultConfig& config, const PerGroup<MacroOrder>& order)
    : id_(id), geometry_(geometry) {
  const bool by_weight = config.mapping == FaultMapping::kIbmRandom;
  if (by_weight) weight_map_.emplace(id.value(), highest[GroupId::kFilter].curve);
  const auto draw = [&](GroupId group, WordPart part, double rate) {
    const bool may_be_slow = config.access_time && !config.is_measured(group);
    const double slow = may_be_slow ? highest[group].access_time : 0;
    PartCells cells;
    cells.curve.emplace(CellFamily{id, group, false, part}, geometry[group], rate, config);
    cells.slow.emplace(CellFamily{id, group, true, part}, geometry[group], slow, config);
    if (!config.is_measured(group)) {
      cells.curve->rearrange(geometry[group], order[group]);
      cells.slow->rearrange(geometry[group], order[group]);
    }
    return cells;
  };
  for (const GroupId group : kGroups) {
    const bool measured = config.is_measured(group);
    const double rate = measured ? 0 : highest[group].curve;
    const bool elsewhere = by_weight && group == GroupId::kFilter;
    cells_[group] = {draw(group, WordPart::kData, elsewhere ? 0 : rate),
                     draw(group, WordPart::kCheck, rate)};
    if (measured) measured_[group].emplace(*config.map, geometry[group], order[group], id);
  }
}

CellRange Chip::failing(GroupId group, const FaultRates& rates, WordPart part) const {
  if (measured_[group] && part == WordPart::kData) return measured_[group]->failing(rates.level);
  return weak_cells(group, part).change(0, rates.curve).failed;
}

CellChange Chip::change(GroupId group, const FaultRates& from, const FaultRates& to,
                        WordPart part) const {
  if (measured_[group] && part == WordPart::kData) {
    return measured_[group]->change(from.level, to.level);
  }
  return weak_cells(group, part).change(from.curve, to.curve);
}

}  // namespace brownout::memory
