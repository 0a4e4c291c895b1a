// SPDX-License-Identifier: Apache-2.0
// The chips of a sweep (layer 5): each drawn once, by the first thread that needs it, and dropped
// after its last point, so that hundreds of chips need the memory of a few.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "accel/chip_maker.h"
#include "memory/chip.h"
#include "sim/sweep/point.h"

namespace brownout::sweep {

class ChipStore {
 public:
  /// Chips of `points`, good for rates up to `highest_rates`; `maker` must outlive the store.
  ChipStore(const accel::ChipMaker& maker,
            const memory::PerGroup<memory::BufferRates>& highest_rates,
            const std::vector<Point>& points);

  /// Calls `use(chip)` for one of the points; every point is to be used once.
  template <class Use>
  void use(ChipId id, Use use_chip) {
    Slot& slot = slots_.at(id.value());
    use_chip(drawn(id, slot));
    release(slot);
  }

 private:
  struct Slot {
    std::mutex mutex;
    std::size_t points_left = 0;
    std::optional<memory::Chip> chip;
  };

  const memory::Chip& drawn(ChipId id, Slot& slot);
  static void release(Slot& slot);

  const accel::ChipMaker& maker_;
  memory::PerGroup<memory::BufferRates> highest_rates_;
  std::map<std::uint64_t, Slot> slots_;  ///< fixed after construction
};

}  // namespace brownout::sweep
