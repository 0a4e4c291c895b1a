// SPDX-License-Identifier: Apache-2.0
// Uniform draws without replacement (layer 2, internal): the null hypotheses of the structure
// tests. Keeps its memory between draws.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/validation/random_stream.h"

namespace brownout::memory::validation {

class DistinctSampler {
 public:
  /// `count` distinct numbers below `limit`, in no order; valid until the next draw.
  const std::vector<std::uint32_t>& draw(std::uint64_t count, std::uint64_t limit,
                                         RandomStream& random);

  /// Whether the last draw has `number`, which is below its limit.
  [[nodiscard]] bool has(std::uint64_t number) const {
    return (stamps_[number] == stamp_) != complement_;
  }

 private:
  std::vector<std::uint32_t> stamps_;  // the draw in which a number was last hit
  std::uint32_t stamp_ = 0;
  bool complement_ = false;  // hit numbers are those left out: most are drawn
  std::vector<std::uint32_t> drawn_;
};

}  // namespace brownout::memory::validation
