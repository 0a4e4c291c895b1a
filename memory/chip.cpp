// SPDX-License-Identifier: Apache-2.0
#include "memory/chip.h"

namespace brownout::memory {

Chip::Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<FaultRates>& highest,
           const FaultConfig& config)
    : id_(id), geometry_(geometry) {
  const bool by_weight = config.mapping == FaultMapping::kIbmRandom;
  if (by_weight) weight_map_.emplace(id.value(), highest[GroupId::kFilter].curve);
  for (const GroupId group : kGroups) {
    const double rate = by_weight && group == GroupId::kFilter ? 0 : highest[group].curve;
    cells_[group].emplace(CellFamily{id, group, false}, geometry[group], rate, config);
    const double slow = config.access_time ? highest[group].access_time : 0;
    slow_[group].emplace(CellFamily{id, group, true}, geometry[group], slow, config);
  }
}

}  // namespace brownout::memory
