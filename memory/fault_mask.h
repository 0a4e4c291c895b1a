// SPDX-License-Identifier: Apache-2.0
// What reading does to the bits of a buffer's words (layer 2), as two masks a word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/index.h"

namespace brownout::memory {

/// read = (stored & keep) ^ flip, so that a bit reads as it is stored (keep 1, flip 0), as 0 (0,
/// 0), as 1 (0, 1) or inverted (1, 1). All cells healthy when empty.
struct FaultMask {
  std::vector<std::uint64_t> keep;
  std::vector<std::uint64_t> flip;

  [[nodiscard]] bool empty() const { return keep.empty(); }
  [[nodiscard]] std::size_t words() const { return keep.size(); }
  [[nodiscard]] std::uint64_t apply(WordId word, std::uint64_t stored) const {
    return empty() ? stored : (stored & keep[word.value()]) ^ flip[word.value()];
  }

  friend bool operator==(const FaultMask& a, const FaultMask& b) {
    return a.keep == b.keep && a.flip == b.flip;
  }
};

}  // namespace brownout::memory
