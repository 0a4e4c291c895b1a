// SPDX-License-Identifier: Apache-2.0
#include "memory/chip.h"

namespace brownout::memory {

Chip::Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<FaultRates>& highest,
           const FaultConfig& config)
    : id_(id), geometry_(geometry) {
  const bool by_weight = config.mapping == FaultMapping::kIbmRandom;
  if (by_weight) weight_map_.emplace(id.value(), highest[GroupId::kFilter].curve);
  const auto draw = [&](GroupId group, WordPart part, double rate) {
    const double slow = config.access_time ? highest[group].access_time : 0;
    PartCells cells;
    cells.curve.emplace(CellFamily{id, group, false, part}, geometry[group], rate, config);
    cells.slow.emplace(CellFamily{id, group, true, part}, geometry[group], slow, config);
    return cells;
  };
  for (const GroupId group : kGroups) {
    const double rate = highest[group].curve;
    const bool elsewhere = by_weight && group == GroupId::kFilter;
    cells_[group] = {draw(group, WordPart::kData, elsewhere ? 0 : rate),
                     draw(group, WordPart::kCheck, rate)};
  }
}

}  // namespace brownout::memory
