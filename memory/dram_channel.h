// SPDX-License-Identifier: Apache-2.0
// Timing of one DRAM channel (layer 2): banks with a row buffer each behind one data bus, open-page
// policy, requests in order. Owned by Dram.
//
// Row commands of a request are given when it arrives, also for banks whose data come later: banks
// open rows while the bus is busy with others. Not modelled: refresh, tRAS, tFAW, and the bus's
// turnaround between reads and writes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "memory/dram_config.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// Bursts of the bus, and how many of them had to open their row first; the others hit it.
struct DramCounts {
  std::uint64_t bursts = 0;
  std::uint64_t activations = 0;

  DramCounts& operator+=(const DramCounts& other) {
    bursts += other.bursts;
    activations += other.activations;
    return *this;
  }
  friend DramCounts operator-(DramCounts a, const DramCounts& b) {
    return {a.bursts - b.bursts, a.activations - b.activations};
  }
  friend bool operator==(const DramCounts& a, const DramCounts& b) {
    return a.bursts == b.bursts && a.activations == b.activations;
  }
};

class DramChannel {
 public:
  explicit DramChannel(const DramConfig& config);

  /// Moves `bursts` bursts of one row for a request that arrives at `now`; requests come in rising
  /// order of time. Returns when the last data have been on the bus:
  ///   hit       t_cl after arrival
  ///   closed    t_rcd + t_cl
  ///   conflict  t_rp + t_rcd + t_cl, once the bank's former data are through
  /// plus the bursts' time, or after the data before them on the bus.
  Picoseconds access(Picoseconds now, std::uint32_t bank, std::uint64_t row, std::uint64_t bursts);

  /// Between one user's work and another's: all rows are closed, and what was posted is out of the
  /// way, as a controller has it that closes rows when idle and serves reads before writes.
  void settle() {
    banks_.assign(banks_.size(), Bank{});
    bus_free_ = Picoseconds(0);
  }

  [[nodiscard]] const DramCounts& counts() const { return counts_; }
  /// Time the bus has carried data.
  [[nodiscard]] Picoseconds busy() const { return busy_; }

 private:
  struct Bank {
    std::optional<std::uint64_t> open_row;
    Picoseconds opened;  // when it takes column commands
    Picoseconds free;    // when its last data are through
  };

  /// When `row` of `bank` takes a column command.
  Picoseconds open(Bank& bank, Picoseconds now, std::uint64_t row);

  DramConfig config_;
  Picoseconds burst_time_;  // whole picoseconds
  std::vector<Bank> banks_;
  Picoseconds bus_free_;
  Picoseconds busy_;
  DramCounts counts_;
};

}  // namespace brownout::memory
