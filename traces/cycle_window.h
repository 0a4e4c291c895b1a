// SPDX-License-Identifier: Apache-2.0
// A span of cycles to look at (layer 1).
#pragma once

#include <cstdint>

namespace brownout::traces {

/// Cycles first to last, both included.
struct CycleWindow {
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};

  [[nodiscard]] bool contains(std::uint64_t cycle) const { return first <= cycle && cycle <= last; }
  /// Whether it shares a cycle with [begin, end).
  [[nodiscard]] bool overlaps(std::uint64_t begin, std::uint64_t end) const {
    return begin < end && first < end && begin <= last;
  }
};

}  // namespace brownout::traces
