// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers (layer 0): Philox4x32-10 of Salmon et al., "Parallel random numbers:
// as easy as 1, 2, 3", SC'11, by its authors' Random123. No state: equal arguments give equal
// numbers on every machine and thread, so a cell keeps its numbers however it is reached.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>

namespace brownout {

/// Four independent uniform 32-bit numbers for `counter` in the stream `key`, whose low half is
/// the first key word.
[[nodiscard]] inline std::array<std::uint32_t, 4> philox(
    std::uint64_t key, const std::array<std::uint32_t, 4>& counter) {
  const r123::Philox4x32::ctr_type input = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type keys = {
      {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)}};
  const r123::Philox4x32::ctr_type output = r123::Philox4x32()(input, keys);
  return {output[0], output[1], output[2], output[3]};
}

}  // namespace brownout
