// SPDX-License-Identifier: Apache-2.0
#include "memory/dram_config.h"

#include <fmt/format.h>

namespace brownout::memory {
namespace {

using config::Limits;
using config::Section;

constexpr Limits kTimeLimits{0, 1e9};  // a millisecond
constexpr Limits kEnergyLimits{0, 1e6};

std::uint32_t count(Section& section, const char* key, const char* description,
                    std::uint32_t highest, std::uint32_t fallback) {
  return static_cast<std::uint32_t>(section.integer(
      key, description, {1, static_cast<double>(highest)}, static_cast<std::int64_t>(fallback)));
}

/// `part` must divide `whole`, so that a piece of the one lies in one piece of the other.
void check_divides(Section& section, const char* key, Bytes part, const char* whole_key,
                   Bytes whole) {
  if (part.count() != 0 && whole.count() % part.count() == 0) return;
  section.fail(key, fmt::format("found {} B, allowed: what divides {}, {} B", part.count(),
                                whole_key, whole.count()));
}

void read_times(Section& section, DramConfig& dram) {
  dram.t_rp = section.quantity<Picoseconds>("t_rp", "closing a bank's row", kTimeLimits);
  dram.t_rcd = section.quantity<Picoseconds>("t_rcd", "opening a bank's row", kTimeLimits);
  dram.t_cl =
      section.quantity<Picoseconds>("t_cl", "from column command to first data", kTimeLimits);
  dram.latency = section.quantity<Picoseconds>(
      "latency", "controller and interconnect, on top of a read", kTimeLimits);
}

}  // namespace

DramConfig read_dram_config(Section section) {
  DramConfig dram;
  dram.clock = section.quantity<Hertz>("clock", "beats of a channel's data bus", {1e6, 1e11});
  dram.bytes_per_cycle = count(section, "bytes_per_cycle", "bytes of a channel's beat", 256, 16);
  dram.channels = count(section, "channels", "channels, each with its own bus", 256, 1);
  dram.banks = count(section, "banks", "banks of a channel", 1024, 16);
  dram.row_bytes =
      section.quantity<Bytes>("row_bytes", "row buffer of a bank", {1, 1 << 20}, dram.row_bytes);
  dram.interleave =
      section.quantity<Bytes>("interleave", "bytes in one channel before the next one's turn",
                              {1, 1 << 20}, dram.interleave);
  dram.burst_bytes = section.quantity<Bytes>("burst_bytes", "smallest block the bus moves",
                                             {1, 1 << 20}, dram.burst_bytes);
  check_divides(section, "interleave", dram.interleave, "row_bytes", dram.row_bytes);
  check_divides(section, "burst_bytes", dram.burst_bytes, "interleave", dram.interleave);
  read_times(section, dram);
  dram.energy_per_byte =
      section.quantity<Picojoules>("energy_per_byte", "one byte moved", kEnergyLimits);
  dram.energy_per_activation =
      section.quantity<Picojoules>("energy_per_activation", "one row opened", kEnergyLimits);
  return dram;
}

}  // namespace brownout::memory
