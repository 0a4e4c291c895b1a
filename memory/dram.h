// SPDX-License-Identifier: Apache-2.0
// Off-chip memory as plain data (layer 2): contents, and how long its channels take. Faultless.
//
// Address mapping, from the low end: byte of the interleave block, channel, block of the row, bank,
// row. So blocks alternate over channels, and in a channel one row follows another bank by bank.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/dram_channel.h"
#include "memory/dram_config.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// Where an address lies.
struct DramLocation {
  std::uint32_t channel = 0;
  std::uint32_t bank = 0;
  std::uint64_t row = 0;
};

/// Addresses count bytes from 0.
class Dram {
 public:
  Dram(Bytes size, const DramConfig& config);

  /// Copies `count` bytes out of or into the contents. Throws SimulationError outside them.
  void read(std::uint64_t address, std::uint8_t* data, std::uint64_t count) const;
  void write(std::uint64_t address, const std::uint8_t* data, std::uint64_t count);

  /// Carries a transfer that arrives at `now` over the channels it touches; returns when the last
  /// of its data are there. A read's travel `latency` more, writes are posted. The result is whole
  /// picoseconds when `now` and the configured times are.
  [[nodiscard]] Picoseconds occupy(Picoseconds now, std::uint64_t address, std::uint64_t bytes,
                                   bool is_read);

  /// DramChannel::settle() of all channels.
  void settle() {
    for (DramChannel& channel : channels_) channel.settle();
  }

  [[nodiscard]] DramLocation locate(std::uint64_t address) const;
  /// Sums over the channels.
  [[nodiscard]] DramCounts counts() const;
  [[nodiscard]] const std::vector<DramChannel>& channels() const { return channels_; }

 private:
  void check(std::uint64_t address, std::uint64_t count) const;

  std::vector<std::uint8_t> contents_;
  DramConfig config_;
  std::vector<DramChannel> channels_;
};

}  // namespace brownout::memory
