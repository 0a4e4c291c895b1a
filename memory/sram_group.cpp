// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_group.h"

#include <algorithm>
#include <cstring>

namespace brownout::memory {
namespace {

std::uint32_t log2_of(std::uint32_t power) {
  std::uint32_t log = 0;
  while (power >> log > 1) ++log;
  return log;
}

}  // namespace

SramGroup::SramGroup(GroupId id, const SramGeometry& geometry, std::uint64_t stored_words)
    : id_(id),
      geometry_(geometry),
      word_shift_(log2_of(geometry.macro().word_bytes())),
      stored_(stored_words, 0) {}

void SramGroup::read_bytes(std::uint64_t position, std::uint64_t count, std::uint8_t* bytes) const {
  const std::uint64_t word_bytes = std::uint64_t{1} << word_shift_;
  while (count > 0) {
    const std::uint64_t lane = position & (word_bytes - 1);
    const std::uint64_t part = std::min(count, word_bytes - lane);
    const std::uint64_t value = word(position) >> (8 * lane);
    if (part == 8) {
      std::memcpy(bytes, &value, 8);
    } else {
      for (std::uint64_t b = 0; b < part; ++b) bytes[b] = static_cast<std::uint8_t>(value >> 8 * b);
    }
    position += part;
    bytes += part;
    count -= part;
  }
}

}  // namespace brownout::memory
