// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_group.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tests/support/fixed_faults.h"

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

FaultMask healthy_words() {
  return {std::vector<std::uint64_t>(4, ~std::uint64_t{0}), std::vector<std::uint64_t>(4, 0)};
}

SramGroup failing_group(FaultMask mask, HoldMask hold = {}) {
  return {GroupId::kFilter, SramGeometry({4, 64}, Bytes(32), 1), 4,
          std::make_unique<test_support::FixedFaults>(std::move(mask), std::move(hold))};
}

TEST(SramGroup, FailingReadsChangeWhatIsReadButNotWhatIsStored) {
  FaultMask mask = healthy_words();
  mask.keep[0] = ~std::uint64_t{0x81};  // bit 7 reads 0, bit 0 reads 1
  mask.flip[0] = 0x03;                  // bit 1 reads inverted
  SramGroup group = failing_group(mask);
  group.write(0, 0xf0);
  EXPECT_EQ(group.read(0), 0xf0U);
  group.set_rates(0.1);
  EXPECT_EQ(group.read(0), 0x73U);
  group.set_rates(0.0);
  EXPECT_EQ(group.read(0), 0xf0U);
}

TEST(SramGroup, AFailingWriteLeavesWhatWasThereAlsoWhenTheSupplyIsBack) {
  SramGroup group = failing_group({}, {{0x0f, 0, 0, 0}, {0, 0, 0, 0}, {0x05, 0, 0, 0}});
  group.set_rates(0.0);
  group.write(0, 0x33);
  group.set_rates(0.1);
  EXPECT_EQ(group.read(0), 0x33U) << "lowering the supply changes nothing that is stored";
  group.write(0, 0xfc);
  EXPECT_EQ(group.read(0), 0xf3U);
  group.set_rates(0.0);
  EXPECT_EQ(group.read(0), 0xf3U);
  group.write(0, 0xfc);
  EXPECT_EQ(group.read(0), 0xfcU);
}

TEST(SramGroup, CellsThatNoWriteReachesStartAtTheirPreferredState) {
  SramGroup group = failing_group({}, {{0x0f, 0, 0, 0}, {0, 0, 0, 0}, {0x05, 0, 0, 0}});
  group.set_rates(0.1);
  group.write(0, 0xf2);
  EXPECT_EQ(group.read(0), 0xf5U);
}

TEST(SramGroup, LostBitsStayLostWhenTheSupplyIsBack) {
  SramGroup group = failing_group({}, {{0, 0, 0, 0}, {0x0f, 0, 0, 0}, {0x05, 0, 0, 0}});
  group.set_rates(0.0);
  group.write(0, 0x33);
  group.write(8, 0x33);
  group.set_rates(0.1);
  EXPECT_EQ(group.read(0), 0x35U);
  group.write(0, 0xfc);
  group.set_rates(0.0);
  EXPECT_EQ(group.read(0), 0xf5U);
  EXPECT_EQ(group.read(8), 0x33U);
}

}  // namespace
}  // namespace brownout::memory
