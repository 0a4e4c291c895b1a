// SPDX-License-Identifier: Apache-2.0
// A range of fetch positions (layer 3): bytes of an operand in the order DMA brings them.
#pragma once

#include <algorithm>
#include <cstdint>

namespace brownout::accel {

/// Half-open [begin, end), in bytes.
struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] bool empty() const { return begin >= end; }
  [[nodiscard]] std::uint64_t size() const { return empty() ? 0 : end - begin; }
  /// Smallest extent that holds both; an empty one adds nothing.
  [[nodiscard]] Extent hull(const Extent& other) const {
    if (empty()) return other;
    if (other.empty()) return *this;
    return {std::min(begin, other.begin), std::max(end, other.end)};
  }
  /// Widened to whole words.
  [[nodiscard]] Extent aligned(std::uint64_t word_bytes) const {
    if (empty()) return {};
    return {begin / word_bytes * word_bytes, (end + word_bytes - 1) / word_bytes * word_bytes};
  }
  friend bool operator==(const Extent& a, const Extent& b) {
    return a.begin == b.begin && a.end == b.end;
  }
};

}  // namespace brownout::accel
