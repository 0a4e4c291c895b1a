// SPDX-License-Identifier: Apache-2.0
// Random numbers of the resampling tests (layer 2): a counted Philox stream, so that a p-value is
// the same on every machine and for every number of threads.
#pragma once

#include <array>
#include <cstdint>

#include "sim/core/philox.h"

namespace brownout::memory::validation {

class RandomStream {
 public:
  /// Streams of other numbers under one seed are independent.
  RandomStream(std::uint64_t seed, std::uint64_t stream)
      : seed_(seed),
        low_(static_cast<std::uint32_t>(stream)),
        high_(static_cast<std::uint32_t>(stream >> 32U)) {}

  [[nodiscard]] std::uint32_t next() {
    if (used_ == numbers_.size()) {
      numbers_ = philox(seed_, {static_cast<std::uint32_t>(block_),
                                static_cast<std::uint32_t>(block_ >> 32U), low_, high_});
      ++block_;
      used_ = 0;
    }
    return numbers_[used_++];
  }

  /// Uniform below `limit`, which is 1 to 2^32, without bias (Lemire, ACM TOMACS 29(1), 2019).
  [[nodiscard]] std::uint32_t below(std::uint64_t limit) {
    std::uint64_t product = next() * limit;
    if (static_cast<std::uint32_t>(product) < limit) {
      const std::uint64_t threshold = ((std::uint64_t{1} << 32U) - limit) % limit;
      while (static_cast<std::uint32_t>(product) < threshold) product = next() * limit;
    }
    return static_cast<std::uint32_t>(product >> 32U);
  }

  /// Uniform inside (0, 1), 53 bits.
  [[nodiscard]] double uniform() {
    const std::uint64_t bits = (static_cast<std::uint64_t>(next()) << 21U) ^ (next() >> 11U);
    return (static_cast<double>(bits) + 0.5) * 0x1p-53;
  }

 private:
  std::uint64_t seed_;
  std::uint32_t low_;
  std::uint32_t high_;
  std::uint64_t block_ = 0;
  std::array<std::uint32_t, 4> numbers_{};
  std::size_t used_ = 4;
};

}  // namespace brownout::memory::validation
