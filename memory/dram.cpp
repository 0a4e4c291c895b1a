// SPDX-License-Identifier: Apache-2.0
#include "memory/dram.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::memory {

Dram::Dram(Bytes size, const DramConfig& config)
    : contents_(size.count(), 0),
      config_(config),
      channels_(config.channels, DramChannel(config)) {}

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

DramLocation Dram::locate(std::uint64_t address) const {
  const std::uint64_t block = address / config_.interleave.count();
  const std::uint64_t row =
      block / config_.channels / (config_.row_bytes.count() / config_.interleave.count());
  return {static_cast<std::uint32_t>(block % config_.channels),
          static_cast<std::uint32_t>(row % config_.banks), row / config_.banks};
}

Picoseconds Dram::occupy(Picoseconds now, std::uint64_t address, std::uint64_t bytes,
                         bool is_read) {
  const std::uint64_t interleave = config_.interleave.count();
  const std::uint64_t burst = config_.burst_bytes.count();
  const std::uint64_t end = address + bytes;
  Picoseconds done = now;
  while (address < end) {
    const std::uint64_t next = std::min(end, (address / interleave + 1) * interleave);
    const DramLocation at = locate(address);
    const std::uint64_t bursts = (next - 1) / burst - address / burst + 1;
    done = std::max(done, channels_[at.channel].access(now, at.bank, at.row, bursts));
    address = next;
  }
  return is_read ? done + config_.latency : done;
}

DramCounts Dram::counts() const {
  DramCounts sum;
  for (const DramChannel& channel : channels_) sum += channel.counts();
  return sum;
}

}  // namespace brownout::memory
