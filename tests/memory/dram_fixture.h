// SPDX-License-Identifier: Apache-2.0
// A DRAM for tests whose times cannot be mistaken for each other.
#pragma once

#include "memory/dram_config.h"

namespace brownout::memory {

/// 16 B a nanosecond and channel; a burst of 32 B takes 2,000 ps.
inline DramConfig small_dram(std::uint32_t channels = 1) {
  DramConfig dram;
  dram.channels = channels;
  dram.banks = 4;
  dram.t_rp = Picoseconds(14000);
  dram.t_rcd = Picoseconds(12000);
  dram.t_cl = Picoseconds(18000);
  dram.latency = Picoseconds(10000);
  return dram;
}

}  // namespace brownout::memory
