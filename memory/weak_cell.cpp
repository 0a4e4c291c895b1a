// SPDX-License-Identifier: Apache-2.0
#include "memory/weak_cell.h"

#include <algorithm>
#include <cmath>

#include "memory/cell_counters.h"
#include "sim/core/philox.h"

namespace brownout::memory {

std::uint64_t rank_limit(double rate) {
  return static_cast<std::uint64_t>(std::ceil(std::ldexp(rate, 32)));
}

std::uint32_t chance_of(double probability) {
  return static_cast<std::uint32_t>(
      std::min(std::ceil(std::max(1.0, probability * 0x1p32)), 0x1p32) - 1);
}

bool fails_access(const CellFamily& family, const WeakCell& cell, std::uint32_t layer,
                  std::uint32_t image) {
  const std::uint32_t kind =
      counter_word(static_cast<std::uint32_t>(family.group), CellNumber::kReadDraw);
  const auto draw = philox(family.chip.value(),
                           {kind | cell.bit.value() << 16U, cell.word.value(), layer, image});
  return draw[0] <= cell.chance;
}

}  // namespace brownout::memory
