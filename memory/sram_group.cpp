// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_group.h"

namespace brownout::memory {

SramGroup::SramGroup(GroupId id, const SramGeometry& geometry)
    : id_(id), geometry_(geometry), stored_(geometry.words(), 0) {}

}  // namespace brownout::memory
