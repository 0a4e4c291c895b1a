// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/chip_store.h"

namespace brownout::sweep {

ChipStore::ChipStore(const accel::ChipMaker& maker,
                     const memory::PerGroup<memory::BufferRates>& highest_rates,
                     const std::vector<Point>& points)
    : maker_(maker), highest_rates_(highest_rates) {
  for (const Point& point : points) ++slots_[point.chip.value()].points_left;
}

const memory::Chip& ChipStore::drawn(ChipId id, Slot& slot) {
  const std::lock_guard<std::mutex> guard(slot.mutex);
  if (!slot.chip) slot.chip.emplace(maker_.make(id, highest_rates_));
  return *slot.chip;
}

void ChipStore::release(Slot& slot) {
  const std::lock_guard<std::mutex> guard(slot.mutex);
  if (--slot.points_left == 0) slot.chip.reset();
}

}  // namespace brownout::sweep
