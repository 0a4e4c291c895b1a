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

SramGroup coded_group(CodeChoice code, FaultMask data, FaultMask check) {
  Protection protection;
  protection.data = std::make_unique<test_support::FixedFaults>(std::move(data));
  protection.check = std::make_unique<test_support::FixedFaults>(std::move(check));
  protection.code = code;
  SramGroup group(GroupId::kFilter, SramGeometry({4, 64}, Bytes(32), 1), 4, std::move(protection));
  group.set_rates(0.1);
  return group;
}

TEST(SramGroup, ACodePutsSingleFailingCellsRightAndTellsOfMore) {
  FaultMask data = healthy_words();
  data.flip[0] = 1;       // inverts bit 0
  data.flip[1] = 0x8001;  // two bits
  FaultMask check = healthy_words();
  check.flip[2] = 4;
  SramGroup group = coded_group({Code::kSecded64, OnError::kKeep}, data, check);
  group.remember_writes();
  const std::uint64_t value = 0x0123456789abcdefULL;
  for (const std::uint64_t position : {0U, 8U, 16U, 24U}) group.write(position, value);
  EXPECT_EQ(group.read(0), value);
  EXPECT_EQ(group.read(8), value ^ 0x8001U);
  EXPECT_EQ(group.read(16), value);
  EXPECT_EQ(group.outcomes(0), (CodeOutcomes{1, 1, 0, 0}));
  EXPECT_EQ(group.outcomes(8), (CodeOutcomes{1, 0, 1, 0}));
  EXPECT_EQ(group.outcomes(16), (CodeOutcomes{1, 1, 0, 0}));
  EXPECT_EQ(group.outcomes(24), (CodeOutcomes{1, 0, 0, 0}));
  EXPECT_EQ(group.counts(), (AccessCounts{3, 4})) << "check bits travel with their word";
  std::uint8_t bytes[4];
  group.read_bytes(0, 4, bytes);
  EXPECT_EQ(bytes[0], 0xef);
}

TEST(SramGroup, ParityZeroesTheByteThatFails) {
  FaultMask data = healthy_words();
  data.flip[0] = 0x0100;
  SramGroup group = coded_group({Code::kParity, OnError::kZeroWeight}, data, healthy_words());
  group.write(0, 0x0123456789abcdefULL);
  EXPECT_EQ(group.read(0), 0x0123456789ab00efULL);
}

}  // namespace
}  // namespace brownout::memory
