// SPDX-License-Identifier: Apache-2.0
#include "memory/dram.h"

#include <gtest/gtest.h>

#include "sim/core/error.h"
#include "tests/memory/dram_fixture.h"

namespace brownout::memory {
namespace {

constexpr std::uint64_t kRow = 1024;
constexpr double kBurst = 2000;
constexpr double kHit = 18000;
constexpr double kClosed = 12000 + kHit;
constexpr double kConflict = 14000 + kClosed;
constexpr double kLatency = 10000;

TEST(Dram, KeepsWhatIsWritten) {
  Dram dram(Bytes(64), small_dram());
  const std::vector<std::uint8_t> data = {1, 2, 3};
  dram.write(61, data.data(), data.size());
  std::vector<std::uint8_t> back(3);
  dram.read(61, back.data(), back.size());
  EXPECT_EQ(back, data);
}

TEST(Dram, RefusesAccessesBeyondItsEnd) {
  Dram dram(Bytes(64), small_dram());
  std::vector<std::uint8_t> data(8);
  EXPECT_THROW(dram.write(60, data.data(), 8), SimulationError);
  EXPECT_THROW(dram.read(~std::uint64_t{0}, data.data(), 8), SimulationError);
}

TEST(Dram, RowHitMissAndConflictTakeTheirTimes) {
  Dram dram(Bytes(1), small_dram());
  const Picoseconds t0(0);
  const Picoseconds t1(100000);
  const Picoseconds t2(200000);
  EXPECT_EQ(dram.occupy(t0, 0, 32, true), Picoseconds(kClosed + kBurst + kLatency));
  EXPECT_EQ(dram.occupy(t1, 32, 32, true), t1 + Picoseconds(kHit + kBurst + kLatency));
  // Bank 0 again, another row: four rows further.
  EXPECT_EQ(dram.occupy(t2, 4 * kRow, 32, true), t2 + Picoseconds(kConflict + kBurst + kLatency));
  EXPECT_EQ(dram.counts(), (DramCounts{3, 2}));
}

TEST(Dram, WritesArePosted) {
  Dram dram(Bytes(1), small_dram());
  EXPECT_EQ(dram.occupy(Picoseconds(0), 0, 64, false), Picoseconds(kClosed + 2 * kBurst));
}

TEST(Dram, APartOfABurstTakesAsLongAsAllOfIt) {
  Dram dram(Bytes(1), small_dram());
  const Picoseconds one = dram.occupy(Picoseconds(0), 0, 1, false);
  EXPECT_EQ(one, Picoseconds(kClosed + kBurst));
  // Two bytes on both sides of a burst's border are two bursts.
  EXPECT_EQ(dram.occupy(one, 31, 2, false), one + Picoseconds(kHit + 2 * kBurst));
}

TEST(Dram, QueuedBurstsShareTheBus) {
  Dram dram(Bytes(1), small_dram());
  EXPECT_EQ(dram.occupy(Picoseconds(0), 0, 64, false), Picoseconds(kClosed + 2 * kBurst));
  // Its column command is hidden behind the first one's data.
  EXPECT_EQ(dram.occupy(Picoseconds(0), 64, 32, false), Picoseconds(kClosed + 3 * kBurst));
}

TEST(Dram, AnotherBankOpensWhileTheBusIsBusy) {
  Dram dram(Bytes(1), small_dram());
  const double row = double{kRow} / 32 * kBurst;  // longer than opening a row
  EXPECT_EQ(dram.occupy(Picoseconds(0), 0, 2 * kRow, false), Picoseconds(kClosed + 2 * row));
  EXPECT_EQ(dram.counts(), (DramCounts{2 * kRow / 32, 2}));
}

TEST(Dram, ABankOpensItsNextRowOnlyAfterItsLastData) {
  Dram dram(Bytes(1), small_dram());
  const Picoseconds first = dram.occupy(Picoseconds(0), 0, 32, false);
  EXPECT_EQ(dram.occupy(Picoseconds(0), 4 * kRow, 32, false),
            first + Picoseconds(kConflict + kBurst));
}

TEST(Dram, ChannelsShareATransferBlockByBlock) {
  Dram one(Bytes(1), small_dram(1));
  Dram four(Bytes(1), small_dram(4));
  const double block = 256.0 / 32 * kBurst;
  EXPECT_EQ(one.occupy(Picoseconds(0), 0, kRow, false), Picoseconds(kClosed + 4 * block));
  EXPECT_EQ(four.occupy(Picoseconds(0), 0, kRow, false), Picoseconds(kClosed + block));
  for (std::uint32_t channel = 0; channel < 4; ++channel) {
    EXPECT_EQ(four.locate(std::uint64_t{channel} * 256).channel, channel);
    EXPECT_EQ(four.locate(std::uint64_t{channel} * 256).bank, 0U);
    EXPECT_EQ(four.channels()[channel].counts(), (DramCounts{8, 1}));
  }
  EXPECT_EQ(four.locate(4 * kRow).bank, 1U);
  EXPECT_EQ(four.locate(std::uint64_t{kRow} * 4 * 4).row, 1U);
}

}  // namespace
}  // namespace brownout::memory
