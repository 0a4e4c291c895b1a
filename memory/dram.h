// SPDX-License-Identifier: Apache-2.0
// Off-chip memory as plain data (layer 2): contents, and a shared bus with a latency. Faultless.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/units.h"

namespace brownout::memory {

/// Addresses count bytes from 0. The bus moves one burst after another; a read's data arrive
/// `latency` after its place on the bus, and further bursts may follow meanwhile.
class Dram {
 public:
  Dram(Bytes size, std::uint32_t bytes_per_cycle, Cycles latency);

  /// Copies `count` bytes out of or into the contents. Throws SimulationError outside them.
  void read(std::uint64_t address, std::uint8_t* data, std::uint64_t count) const;
  void write(std::uint64_t address, const std::uint8_t* data, std::uint64_t count);

  /// Takes the bus for a burst of `bytes` that is ready at `now`; returns when it is done.
  [[nodiscard]] Cycles occupy(Cycles now, std::uint64_t bytes, bool is_read);

 private:
  void check(std::uint64_t address, std::uint64_t count) const;

  std::vector<std::uint8_t> contents_;
  std::uint32_t bytes_per_cycle_;
  Cycles latency_;
  Cycles bus_free_;
};

}  // namespace brownout::memory
