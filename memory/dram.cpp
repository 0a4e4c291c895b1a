// SPDX-License-Identifier: Apache-2.0
#include "memory/dram.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::memory {

Dram::Dram(Bytes size, std::uint32_t bytes_per_cycle, Cycles latency)
    : contents_(size.count(), 0), bytes_per_cycle_(bytes_per_cycle), latency_(latency) {}

void Dram::check(std::uint64_t address, std::uint64_t count) const {
  if (address > contents_.size() || count > contents_.size() - address) {
    throw SimulationError(fmt::format("DRAM access of {} bytes at {} beyond its {} bytes", count,
                                      address, contents_.size()));
  }
}

void Dram::read(std::uint64_t address, std::uint8_t* data, std::uint64_t count) const {
  check(address, count);
  std::copy_n(contents_.begin() + static_cast<std::ptrdiff_t>(address), count, data);
}

void Dram::write(std::uint64_t address, const std::uint8_t* data, std::uint64_t count) {
  check(address, count);
  std::copy_n(data, count, contents_.begin() + static_cast<std::ptrdiff_t>(address));
}

Cycles Dram::occupy(Cycles now, std::uint64_t bytes, bool is_read) {
  const Cycles beats((bytes + bytes_per_cycle_ - 1) / bytes_per_cycle_);
  bus_free_ = std::max(now, bus_free_) + beats;
  return is_read ? bus_free_ + latency_ : bus_free_;
}

}  // namespace brownout::memory
