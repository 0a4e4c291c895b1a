// SPDX-License-Identifier: Apache-2.0
// Parameters of the off-chip memory (layer 2), read from the accelerator's `dram` section. All
// times are wall time: they do not follow the accelerator's clock or voltage.
#pragma once

#include <cstdint>

#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// Channels of banks with a row buffer each. The defaults are the shape of one HBM2
/// pseudo-channel; times and energies have none, a machine states its own.
struct DramConfig {
  Hertz clock{1e9};                    ///< of the data bus, as beats per second
  std::uint32_t bytes_per_cycle = 16;  ///< of one channel, per beat
  std::uint32_t channels = 1;
  std::uint32_t banks = 16;  ///< of one channel
  Bytes row_bytes{1024};     ///< of one bank's row buffer
  /// Consecutive bytes in one channel before the next one's turn; divides `row_bytes`.
  Bytes interleave{256};
  /// Smallest aligned block the bus moves; divides `interleave`. Shorter accesses take as long.
  Bytes burst_bytes{32};
  Picoseconds t_rp;     ///< closing a row
  Picoseconds t_rcd;    ///< opening a row
  Picoseconds t_cl;     ///< from column command to first data
  Picoseconds latency;  ///< of controller and interconnect, on reads
  Picojoules energy_per_byte;
  Picojoules energy_per_activation;

  /// Bytes of all channels per second.
  [[nodiscard]] double bandwidth() const {
    return clock.count() * bytes_per_cycle * static_cast<double>(channels);
  }
};

/// Reads the section; findings go to its document, and then the result is not to be used.
[[nodiscard]] DramConfig read_dram_config(config::Section section);

}  // namespace brownout::memory
