// SPDX-License-Identifier: Apache-2.0
// A buffer's word and its bytes (layer 2): byte b is bits 8b to 8b + 7, as on the little-endian
// hosts Brownout runs on.
#pragma once

#include <cstdint>
#include <cstring>

namespace brownout::memory {

/// The word of `word_bytes` (1 to 8) bytes at `bytes`.
inline std::uint64_t load_word(const std::uint8_t* bytes, std::uint32_t word_bytes) {
  std::uint64_t word = 0;
  if (word_bytes == sizeof word) {
    std::memcpy(&word, bytes, sizeof word);  // one instruction
  } else {
    std::memcpy(&word, bytes, word_bytes);
  }
  return word;
}

}  // namespace brownout::memory
