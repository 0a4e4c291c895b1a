// SPDX-License-Identifier: Apache-2.0
#include "memory/chip.h"

namespace brownout::memory {

Chip::Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<double>& highest_rate,
           const StuckAtModel& model)
    : id_(id) {
  for (const GroupId group : kGroups) {
    cells_[group].emplace(id, group, geometry[group], highest_rate[group], model);
  }
}

}  // namespace brownout::memory
