// SPDX-License-Identifier: Apache-2.0
#include "accel/word_port.h"

#include <gtest/gtest.h>

#include <random>

namespace brownout::accel {
namespace {

TEST(WordPort, ReadsAWordOnceWhileItIsHeld) {
  WordPort port(8);
  EXPECT_TRUE(port.advance(std::uint64_t{3}));
  EXPECT_FALSE(port.advance(std::uint64_t{7}));
  EXPECT_TRUE(port.advance(std::uint64_t{8}));
  EXPECT_TRUE(port.advance(std::uint64_t{7}));
  port.reset();
  EXPECT_TRUE(port.advance(std::uint64_t{7}));
}

TEST(WordPort, AnExtentCountsAsItsBytesOneByOne) {
  std::mt19937 random(4);
  WordPort by_byte(8);
  WordPort by_extent(8);
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t begin = random() % 64;
    const Extent extent{begin, begin + random() % 40};
    std::uint64_t reads = 0;
    for (std::uint64_t p = extent.begin; p < extent.end; ++p) reads += by_byte.advance(p) ? 1 : 0;
    ASSERT_EQ(by_extent.advance(extent), reads) << extent.begin << ".." << extent.end;
  }
}

}  // namespace
}  // namespace brownout::accel
