// SPDX-License-Identifier: Apache-2.0
// The published code's fault maps: test vectors made with that code on the pattern
// ((37 i + 11) mod 256) - 128 of stored weights.
#include "memory/ibm_random.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

struct Change {
  std::size_t index;
  int stored;
  int read;
};

struct Vector {
  std::uint64_t seed;
  double ber;
  std::size_t weights;
  std::size_t faulty;
  std::size_t ones;
  std::size_t changed;
  std::uint32_t crc;
  std::vector<Change> first;
};

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> kVectors = {
      {0,
       0.01,
       4096,
       10400,
       5206,
       152,
       1724898474U,
       {{1025, -80, -96}, {1043, 74, 90}, {1057, 80, 64}, {1075, -22, -6}, {1089, -16, -32}}},
      {0, 0.01, 300000, 10400, 5206, 11520, 2162136925U, {}},
      {7,
       0.005,
       4096,
       5228,
       2542,
       64,
       3124157164U,
       {{6, 105, -23}, {38, 9, -119}, {54, 89, -39}, {102, 73, -55}, {150, 57, -71}}},
      {7, 0.005, 300000, 5228, 2542, 5920, 2945458810U, {}}};
  return kVectors;
}

TEST(IbmRandom, EqualsThePublishedCodeBitForBit) {
  for (const Vector& v : vectors()) {
    SCOPED_TRACE(testing::Message() << "seed " << v.seed << ", " << v.weights << " weights");
    const IbmRandomMap map(v.seed, 0.02);
    const std::size_t failing = map.failing(v.ber);
    EXPECT_EQ(failing, v.faulty);
    const auto end = map.cells().begin() + static_cast<std::ptrdiff_t>(failing);
    EXPECT_EQ(static_cast<std::size_t>(
                  std::count_if(map.cells().begin(), end,
                                [](const IbmRandomMap::Cell& cell) { return cell.reads_one; })),
              v.ones);
    const std::vector<ByteMask> masks = map.masks(v.ber);
    std::vector<std::uint8_t> bytes;
    std::vector<Change> changes;
    for (std::size_t i = 0; i < v.weights; ++i) {
      const int stored = static_cast<int>((37 * i + 11) % 256) - 128;
      const ByteMask& mask = masks[IbmRandomMap::byte_of(i)];
      bytes.push_back(static_cast<std::uint8_t>((stored & mask.keep) ^ mask.flip));
      const int read = static_cast<std::int8_t>(bytes.back());
      if (read != stored) changes.push_back({i, stored, read});
    }
    EXPECT_EQ(changes.size(), v.changed);
    EXPECT_EQ(crc32(0, bytes.data(), static_cast<uInt>(bytes.size())), v.crc);
    ASSERT_GE(changes.size(), v.first.size());
    for (std::size_t i = 0; i < v.first.size(); ++i) {
      EXPECT_EQ(changes[i].index, v.first[i].index);
      EXPECT_EQ(changes[i].stored, v.first[i].stored);
      EXPECT_EQ(changes[i].read, v.first[i].read);
    }
  }
}

TEST(IbmRandom, ASeedsPolarityIsTheNextSeedsLocation) {
  const IbmRandomMap map(3, 1);
  const IbmRandomMap next(4, 0.5);
  std::vector<bool> located(std::size_t{IbmRandomMap::kRows} * 128, false);
  for (const IbmRandomMap::Cell& cell : next.cells()) located[cell.byte * 8U + cell.bit] = true;
  for (const IbmRandomMap::Cell& cell : map.cells()) {
    ASSERT_EQ(cell.reads_one, located[cell.byte * 8U + cell.bit]);
  }
}

TEST(IbmRandom, TakesNumPysSeedsOnly) {
  EXPECT_THROW(IbmRandomMap(0xffffffffU, 0.01), InputError);
  EXPECT_NO_THROW(IbmRandomMap(0xfffffffeU, 0.01));
}

}  // namespace
}  // namespace brownout::memory
