// SPDX-License-Identifier: Apache-2.0
#include "accel/buffer_faults.h"

namespace brownout::accel {

ByteMask BufferFaults::byte_at(std::uint64_t position) const {
  const std::uint64_t word_bytes = geometry.macro().word_bytes();
  const std::uint64_t word = position / word_bytes % mask.words();
  const std::uint64_t shift = position % word_bytes * 8;
  return {static_cast<std::uint8_t>(mask.keep[word] >> shift),
          static_cast<std::uint8_t>(mask.flip[word] >> shift)};
}

WordFault BufferFaults::word_at(std::uint64_t position) const {
  WordFault fault;
  const std::uint64_t index = position / geometry.macro().word_bytes();
  if (!mask.empty()) {
    fault.keep = mask.keep[index % mask.words()];
    fault.flip = mask.flip[index % mask.words()];
  }
  if (check_mask != nullptr && !check_mask->empty()) {
    fault.check_keep = check_mask->keep[index % check_mask->words()];
    fault.check_flip = check_mask->flip[index % check_mask->words()];
  }
  return fault;
}

}  // namespace brownout::accel
