// SPDX-License-Identifier: Apache-2.0
#include "memory/dram_channel.h"

#include <algorithm>
#include <cmath>

namespace brownout::memory {
namespace {

Picoseconds time_of_burst(const DramConfig& config) {
  const std::uint64_t beats =
      (config.burst_bytes.count() + config.bytes_per_cycle - 1) / config.bytes_per_cycle;
  return Picoseconds(std::ceil(duration(Cycles(beats), config.clock).count()));
}

}  // namespace

DramChannel::DramChannel(const DramConfig& config)
    : config_(config), burst_time_(time_of_burst(config)), banks_(config.banks) {}

Picoseconds DramChannel::open(Bank& bank, Picoseconds now, std::uint64_t row) {
  if (bank.open_row == row) return std::max(now, bank.opened);
  Picoseconds start = std::max(now, bank.free);
  if (bank.open_row) start += config_.t_rp;
  bank.open_row = row;
  bank.opened = start + config_.t_rcd;
  ++counts_.activations;
  return bank.opened;
}

Picoseconds DramChannel::access(Picoseconds now, std::uint32_t bank, std::uint64_t row,
                                std::uint64_t bursts) {
  Bank& target = banks_[bank];
  const Picoseconds first_data = std::max(open(target, now, row) + config_.t_cl, bus_free_);
  const Picoseconds on_bus = burst_time_ * static_cast<double>(bursts);
  bus_free_ = target.free = first_data + on_bus;
  busy_ += on_bus;
  counts_.bursts += bursts;
  return bus_free_;
}

}  // namespace brownout::memory
