// SPDX-License-Identifier: Apache-2.0
#include "sim/core/index.h"

#include <gtest/gtest.h>

#include <limits>

namespace brownout {
namespace {

TEST(Index, OrdersByItsValue) {
  EXPECT_EQ(RowId(3), RowId(3));
  EXPECT_NE(RowId(3), RowId(4));
  EXPECT_LT(RowId(3), RowId(4));
  EXPECT_EQ(RowId().value(), 0U);
}

TEST(Index, AChipHoldsAWholeSeed) {
  constexpr std::uint64_t kSeed = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(ChipId(kSeed).value(), kSeed);
}

}  // namespace
}  // namespace brownout
