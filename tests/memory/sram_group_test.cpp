// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_group.h"

#include <gtest/gtest.h>

namespace brownout::memory {
namespace {

SramGroup small_group() { return {GroupId::kFilter, SramGeometry({4, 64}, Bytes(32), 1)}; }

TEST(SramGroup, ReadsBackWhatWasWrittenAndCountsBoth) {
  SramGroup group = small_group();
  group.write(16, 0x0123456789abcdefULL);
  EXPECT_EQ(group.read(16), 0x0123456789abcdefULL);
  EXPECT_EQ(group.read(8), 0U);
  EXPECT_EQ(group.counts(), (AccessCounts{2, 1}));
}

TEST(SramGroup, StuckCellsChangeReadsButNotWhatIsStored) {
  SramGroup group = small_group();
  group.write(0, 0xf0);
  FaultMask mask{std::vector<std::uint64_t>(4, ~std::uint64_t{0}),
                 std::vector<std::uint64_t>(4, 0)};
  mask.keep[0] = ~std::uint64_t{0x81};  // bit 7 reads 0, bit 0 reads 1
  mask.flip[0] = 0x01;
  group.set_faults(mask);
  EXPECT_EQ(group.read(0), 0x71U);
  group.set_faults({});
  EXPECT_EQ(group.read(0), 0xf0U);
}

}  // namespace
}  // namespace brownout::memory
