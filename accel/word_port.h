// SPDX-License-Identifier: Apache-2.0
// The operand port of an array row or of the vector unit (layer 3): it holds the last word it
// read, so consecutive bytes of a word cost one access. The one counting rule of both engines.
#pragma once

#include <cstdint>

#include "accel/extent.h"

namespace brownout::accel {

class WordPort {
 public:
  explicit WordPort(std::uint32_t word_bytes) : word_bytes_(word_bytes) {}

  /// Whether byte `position` needs a new word; from then on that word is held.
  [[nodiscard]] bool advance(std::uint64_t position) {
    const std::uint64_t word = position / word_bytes_;
    if (word == held_) return false;
    held_ = word;
    return true;
  }

  /// Number of reads that walking `extent` byte by byte takes.
  [[nodiscard]] std::uint64_t advance(const Extent& extent) {
    if (extent.empty()) return 0;
    const std::uint64_t first = extent.begin / word_bytes_;
    const std::uint64_t last = (extent.end - 1) / word_bytes_;
    const std::uint64_t reads = last - first + 1 - (first == held_ ? 1 : 0);
    held_ = last;
    return reads;
  }

  /// Forgets the held word.
  void reset() { held_ = kNone; }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  std::uint64_t word_bytes_;
  std::uint64_t held_ = kNone;
};

}  // namespace brownout::accel
