// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_group.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace brownout::memory {

SramGroup::SramGroup(GroupId id, const SramGeometry& geometry, std::uint64_t stored_words,
                     Protection protection)
    : id_(id),
      geometry_(geometry),
      code_(protection.code, geometry.macro().word_bits),
      data_(geometry, stored_words, std::move(protection.data)),
      check_(geometry, code_.is_none() ? 0 : stored_words, std::move(protection.check)) {}

void SramGroup::set_rates(const BufferRates& rates) {
  data_.set_rates(rates);
  check_.set_rates(rates);
}

void SramGroup::select_layer(std::uint32_t layer) {
  data_.select_layer(layer);
  check_.select_layer(layer);
}

void SramGroup::read_bytes(std::uint64_t position, std::uint64_t count, std::uint8_t* bytes) const {
  const std::uint64_t word_bytes = data_.word_bytes();
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
