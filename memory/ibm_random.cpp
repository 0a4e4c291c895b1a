// SPDX-License-Identifier: Apache-2.0
#include "memory/ibm_random.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

constexpr std::uint32_t kBits = 8;

/// MT19937 as std::mt19937, whose words are twice as wide and four times as slow here.
using Mt19937 =
    std::mersenne_twister_engine<std::uint32_t, 32, 624, 397, 31, 0x9908b0df, 11, 0xffffffff, 7,
                                 0x9d2c5680, 15, 0xefc60000, 18, 1812433253>;

/// NumPy's RandomState.random_sample: two outputs make 53 bits.
double next_double(Mt19937& generator) {
  const std::uint32_t high = generator() >> 5U;
  const std::uint32_t low = generator() >> 6U;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

}  // namespace

IbmRandomMap::IbmRandomMap(std::uint64_t seed, double highest_rate) : highest_rate_(highest_rate) {
  if (seed >= UINT32_MAX) {
    throw InputError(
        fmt::format("chip {} with mapping ibm_random, allowed: 0 to {}, the seeds "
                    "NumPy's generator takes",
                    seed, UINT32_MAX - 1));
  }
  Mt19937 location(static_cast<std::uint32_t>(seed));
  Mt19937 polarity(static_cast<std::uint32_t>(seed + 1));
  for (std::uint32_t byte = 0; byte < kRows * kWeightsPerRow; ++byte) {
    for (std::uint32_t bit = 0; bit < kBits; ++bit) {
      const double rank = next_double(location);
      const bool reads_one = next_double(polarity) < 0.5;
      if (rank < highest_rate) {
        cells_.push_back({rank, byte, static_cast<std::uint8_t>(bit), reads_one});
      }
    }
  }
  std::sort(cells_.begin(), cells_.end(), [](const Cell& a, const Cell& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    return a.byte != b.byte ? a.byte < b.byte : a.bit < b.bit;
  });
}

std::size_t IbmRandomMap::failing(double rate) const {
  require(rate <= highest_rate_, "fault map asked for a rate above the one it was drawn for");
  const auto end = std::partition_point(cells_.begin(), cells_.end(),
                                        [&](const Cell& cell) { return cell.rank < rate; });
  return static_cast<std::size_t>(end - cells_.begin());
}

std::vector<ByteMask> IbmRandomMap::masks(double rate) const {
  std::vector<ByteMask> masks(std::size_t{kRows} * kWeightsPerRow);
  const std::size_t count = failing(rate);
  for (std::size_t i = 0; i < count; ++i) {
    const Cell& cell = cells_[i];
    const auto bit = static_cast<std::uint8_t>(1U << cell.bit);
    ByteMask& mask = masks[cell.byte];
    mask.keep = static_cast<std::uint8_t>(mask.keep & ~bit);
    if (cell.reads_one) mask.flip = static_cast<std::uint8_t>(mask.flip | bit);
  }
  return masks;
}

}  // namespace brownout::memory
