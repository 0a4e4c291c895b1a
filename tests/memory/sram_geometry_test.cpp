// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_geometry.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

TEST(SramGeometry, EveryWordHasItsOwnRowAndBack) {
  const SramGeometry geometry({16, 32}, Bytes(768), 3);
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (std::uint32_t word = 0; word < geometry.words(); ++word) {
    const WordLocation at = geometry.locate(WordId(word));
    ASSERT_LT(at.macro.value(), geometry.macros());
    ASSERT_LT(at.row.value(), 16U);
    EXPECT_TRUE(seen.emplace(at.macro.value(), at.row.value()).second);
    EXPECT_EQ(geometry.word_at(at.macro, at.row), WordId(word));
  }
  EXPECT_EQ(seen.size(), 16U * 12U);
}

TEST(SramGeometry, NeighbouringWordsLieInDifferentBanks) {
  const SramGeometry geometry({512, 64}, Bytes(262144), 4);
  EXPECT_EQ(geometry.macros(), 64U);
  for (std::uint32_t word = 0; word + 4 <= geometry.words(); word += 4) {
    std::set<std::uint32_t> banks;
    for (std::uint32_t i = 0; i < 4; ++i) {
      banks.insert(geometry.locate(WordId(word + i)).macro.value() % 4);
    }
    ASSERT_EQ(banks.size(), 4U);
  }
}

TEST(SramGeometry, PositionsBeyondTheCapacityWrapAround) {
  const SramGeometry geometry({512, 64}, Bytes(4096), 1);
  EXPECT_EQ(geometry.word_of_position(4095), WordId(511));
  EXPECT_EQ(geometry.word_of_position(4096), WordId(0));
  EXPECT_EQ(geometry.word_of_position(3 * 4096 + 17), WordId(2));
}

TEST(SramGeometry, RejectsWhatIsNotWholeMacrosOrBanks) {
  EXPECT_THROW(SramGeometry({512, 64}, Bytes(4097), 1), InputError);
  EXPECT_THROW(SramGeometry({512, 64}, Bytes(0), 1), InputError);
  EXPECT_THROW(SramGeometry({512, 64}, Bytes(24576), 4), InputError);
  EXPECT_THROW(SramGeometry({512, 64}, Bytes(4096), 0), InputError);
  EXPECT_THROW(SramGeometry({512, 24}, Bytes(4096), 1), InputError);
}

}  // namespace
}  // namespace brownout::memory
