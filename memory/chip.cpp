// SPDX-License-Identifier: Apache-2.0
#include "memory/chip.h"

namespace brownout::memory {

Chip::Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<FaultRates>& highest,
           const FaultConfig& config)
    : id_(id), geometry_(geometry) {
  for (const GroupId group : kGroups) {
    cells_[group].emplace(CellFamily{id, group, false}, geometry[group], highest[group].curve,
                          config);
    const double slow = config.access_time ? highest[group].access_time : 0;
    slow_[group].emplace(CellFamily{id, group, true}, geometry[group], slow, config);
  }
}

}  // namespace brownout::memory
