// SPDX-License-Identifier: Apache-2.0
#include "memory/dram.h"

#include <gtest/gtest.h>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

TEST(Dram, KeepsWhatIsWritten) {
  Dram dram(Bytes(64), 16, Cycles(100));
  const std::vector<std::uint8_t> data = {1, 2, 3};
  dram.write(61, data.data(), data.size());
  std::vector<std::uint8_t> back(3);
  dram.read(61, back.data(), back.size());
  EXPECT_EQ(back, data);
}

TEST(Dram, RefusesAccessesBeyondItsEnd) {
  Dram dram(Bytes(64), 16, Cycles(100));
  std::vector<std::uint8_t> data(8);
  EXPECT_THROW(dram.write(60, data.data(), 8), SimulationError);
  EXPECT_THROW(dram.read(~std::uint64_t{0}, data.data(), 8), SimulationError);
}

TEST(Dram, BurstsQueueOnTheBusAndReadLatenciesOverlap) {
  Dram dram(Bytes(4096), 16, Cycles(100));
  EXPECT_EQ(dram.occupy(Cycles(10), 33, true), Cycles(10 + 3 + 100));  // 33 bytes: 3 beats of 16
  EXPECT_EQ(dram.occupy(Cycles(10), 16, true), Cycles(13 + 1 + 100));
  EXPECT_EQ(dram.occupy(Cycles(10), 160, false), Cycles(14 + 10));  // writes are posted
  EXPECT_EQ(dram.occupy(Cycles(500), 1, false), Cycles(501));
}

}  // namespace
}  // namespace brownout::memory
