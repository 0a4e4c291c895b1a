// SPDX-License-Identifier: Apache-2.0
// Words of tensors on their way through failing cells and an error code (layer 3, internal to the
// fast engine). What comes out depends on all bytes of a word.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/fast/activation_faults.h"
#include "accel/fast/channel_ops.h"

namespace brownout::accel::fast {

/// Replaces the word's bytes, `at(i)` a tensor's or row's byte i, by what is read.
template <class At>
void read_through(const CodedWord& word, const memory::WordCode& code, At at) {
  std::uint64_t value = 0;
  for (std::uint32_t b = 0; b < word.count; ++b)
    value |= std::uint64_t{at(word.first + b)} << 8 * b;
  value = word.fault.read(code, value).word;
  for (std::uint32_t b = 0; b < word.count; ++b, value >>= 8) {
    at(word.first + b) = static_cast<std::uint8_t>(value);
  }
}

/// Replaces stored codes by what is read; throws InputError when a word is not the tensor's.
void apply_words(const CodedWords& coded, const MutableView& tensor);
/// The same for accumulators.
void apply_words(const CodedWords& coded, std::vector<std::int32_t>& accumulators);

}  // namespace brownout::accel::fast
