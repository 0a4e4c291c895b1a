// SPDX-License-Identifier: Apache-2.0
// Laws of any DRAM, on random shapes and traffic.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <tuple>

#include "memory/dram.h"

namespace brownout::memory {
namespace {

class Roll {
 public:
  explicit Roll(std::uint64_t seed) : random_(seed) {}
  std::uint64_t operator()(std::uint64_t lowest, std::uint64_t highest) {
    return std::uniform_int_distribution<std::uint64_t>(lowest, highest)(random_);
  }

 private:
  std::mt19937_64 random_;
};

DramConfig random_config(Roll& roll) {
  DramConfig dram;
  dram.clock = Hertz(1e8 * static_cast<double>(roll(1, 30)));
  dram.bytes_per_cycle = static_cast<std::uint32_t>(roll(1, 40));
  dram.channels = static_cast<std::uint32_t>(roll(1, 6));
  dram.banks = static_cast<std::uint32_t>(roll(1, 9));
  dram.burst_bytes = Bytes(roll(1, 48));
  dram.interleave = Bytes(dram.burst_bytes.count() * roll(1, 8));
  dram.row_bytes = Bytes(dram.interleave.count() * roll(1, 5));
  for (Picoseconds* time : {&dram.t_rp, &dram.t_rcd, &dram.t_cl, &dram.latency}) {
    *time = Picoseconds(static_cast<double>(roll(0, 30000)));
  }
  return dram;
}

/// The longest any transfer of `bursts` bursts may take once the memory is idle: all in one
/// channel, every one in another row of the same bank.
Picoseconds worst_case(const DramConfig& dram, std::uint64_t bursts) {
  const std::uint64_t beats =
      (dram.burst_bytes.count() + dram.bytes_per_cycle - 1) / dram.bytes_per_cycle;
  const Picoseconds burst = duration(Cycles(beats), dram.clock) + Picoseconds(1);
  return (burst + dram.t_rp + dram.t_rcd + dram.t_cl) * static_cast<double>(bursts) + dram.latency;
}

TEST(Dram, NoBusIsEverOverfullAndNothingIsLostOrEarly) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Roll roll(seed);
    const DramConfig config = random_config(roll);
    Dram dram(Bytes(1), config);
    Picoseconds now;
    Picoseconds last;
    std::uint64_t bytes_moved = 0;
    for (int transfer = 0; transfer < 100; ++transfer) {
      const std::uint64_t bytes = roll(1, 2000);
      const bool is_read = roll(0, 1) == 1;
      const DramCounts before = dram.counts();
      const Picoseconds done = dram.occupy(now, roll(0, 100000), bytes, is_read);
      const DramCounts counts = dram.counts() - before;
      bytes_moved += bytes;
      const double bytes_per_picosecond = config.bandwidth() * 1e-12;
      ASSERT_GE(done - now, Picoseconds(static_cast<double>(bytes) / bytes_per_picosecond - 1));
      ASSERT_LE(done - std::max(now, last), worst_case(config, counts.bursts));
      ASSERT_GE(counts.bursts * config.burst_bytes.count(), bytes);
      ASSERT_LE(counts.bursts, bytes / config.burst_bytes.count() + 2);
      ASSERT_LE(counts.activations, counts.bursts);
      last = std::max(last, done);
      if (roll(0, 2) == 0) now = last + Picoseconds(static_cast<double>(roll(0, 50000)));
    }
    std::uint64_t bursts = 0;
    for (const DramChannel& channel : dram.channels()) {
      EXPECT_LE(channel.busy(), last);
      bursts += channel.counts().bursts;
    }
    EXPECT_EQ(bursts, dram.counts().bursts);
    EXPECT_GE(bursts * config.burst_bytes.count(), bytes_moved);
  }
}

TEST(Dram, EveryBlockHasItsOwnPlaceAndRowsAreFull) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Roll roll(seed);
    const DramConfig config = random_config(roll);
    const Dram dram(Bytes(1), config);
    std::multiset<std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>> rows;
    const std::uint64_t blocks_per_row = config.row_bytes.count() / config.interleave.count();
    const std::uint64_t blocks = blocks_per_row * config.channels * config.banks * 3;
    for (std::uint64_t block = 0; block < blocks; ++block) {
      const DramLocation at = dram.locate(block * config.interleave.count());
      ASSERT_LT(at.channel, config.channels);
      ASSERT_LT(at.bank, config.banks);
      ASSERT_LT(at.row, 3U);
      rows.insert({at.channel, at.bank, at.row});
    }
    for (const auto& row : rows) ASSERT_EQ(rows.count(row), blocks_per_row);
  }
}

TEST(Dram, MoreChannelsOfTheSameKindAreNeverSlowerForOneStream) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Roll roll(seed);
    DramConfig config = random_config(roll);
    const std::uint64_t bytes = roll(1, 20000);
    Picoseconds before(1e18);
    for (std::uint32_t channels = 1; channels <= 8; channels *= 2) {
      config.channels = channels;
      Dram dram(Bytes(1), config);
      const Picoseconds done = dram.occupy(Picoseconds(0), 0, bytes, true);
      EXPECT_LE(done, before);
      before = done;
    }
  }
}

}  // namespace
}  // namespace brownout::memory
