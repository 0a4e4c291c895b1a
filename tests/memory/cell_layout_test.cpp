// SPDX-License-Identifier: Apache-2.0
// Interleaving and the bank of safe bits: where the cells of the words lie.
#include "memory/cell_layout.h"

#include <gtest/gtest.h>

#include <bitset>
#include <cmath>
#include <map>
#include <set>

#include "memory/cell_draw.h"
#include "memory/chip.h"

namespace brownout::memory {
namespace {

const SramGeometry& geometry() {
  static const SramGeometry kGeometry({64, 64}, Bytes(64ULL * 8 * 16), 4);
  return kGeometry;
}

CellLayout interleaved(std::uint32_t depth) {
  CellLayout layout;
  layout.interleave = depth;
  return layout;
}

CellLists drawn(std::uint64_t chip, const CellLayout& layout, double rate,
                const FaultConfig& config = {}) {
  return {draw_cells({ChipId(chip), GroupId::kFilter}, geometry(), layout, rate, config), {}};
}

/// Failing bits of every word that has any.
std::map<std::uint32_t, int> bits_by_word(const CellLists& cells) {
  std::map<std::uint32_t, int> bits;
  for (const WeakCell& cell : cells.curve) ++bits[cell.word.value()];
  return bits;
}

TEST(Interleave, IsAPermutationOfTheRowsOfEveryColumn) {
  for (const std::uint32_t depth : {1U, 2U, 8U, 64U}) {
    for (std::uint32_t bit = 0; bit < 72; ++bit) {
      std::set<std::uint32_t> rows;
      for (std::uint32_t row = 0; row < 64; ++row) {
        const RowId physical = interleaved_row(RowId(row), BitId(bit), depth);
        EXPECT_EQ(physical.value() / depth, row / depth) << "left its block";
        EXPECT_EQ(word_row(physical, BitId(bit), depth), RowId(row));
        rows.insert(physical.value());
      }
      EXPECT_EQ(rows.size(), 64U);
    }
  }
}

TEST(Interleave, ABurstOfUpToDCellsOfARowHitsAsManyWordsOnce) {
  constexpr std::uint32_t kDepth = 8;
  for (std::uint32_t row = 0; row < 64; ++row) {
    for (std::uint32_t first = 0; first + kDepth <= 64; ++first) {
      std::set<std::uint32_t> words;
      for (std::uint32_t column = first; column < first + kDepth; ++column) {
        words.insert(word_row(RowId(row), BitId(column), kDepth).value());
      }
      ASSERT_EQ(words.size(), kDepth);
    }
  }
}

TEST(Interleave, KeepsEveryCellAndMovesItWithinItsMacroAndColumn) {
  for (std::uint64_t chip = 0; chip < 5; ++chip) {
    const CellLists plain = lay_out(geometry(), {}, drawn(chip, {}, 0.02)).own;
    const CellLayout layout = interleaved(16);
    const CellLists moved = lay_out(geometry(), layout, drawn(chip, layout, 0.02)).own;
    ASSERT_EQ(moved.curve.size(), plain.curve.size());
    std::set<std::pair<std::uint32_t, std::uint32_t>> places;
    for (std::size_t i = 0; i < plain.curve.size(); ++i) {
      const WeakCell& a = plain.curve[i];
      const WeakCell& b = moved.curve[i];
      EXPECT_EQ(a.u, b.u);
      EXPECT_EQ(a.bit, b.bit);
      EXPECT_EQ(geometry().locate(a.word).macro, geometry().locate(b.word).macro);
      EXPECT_EQ(interleaved_row(geometry().locate(b.word).row, b.bit, 16),
                geometry().locate(a.word).row);
      places.insert({b.word.value(), b.bit.value()});
    }
    EXPECT_EQ(places.size(), moved.curve.size()) << "two cells in one place";
  }
}

TEST(Interleave, SpreadsWeakRowsOverWordsAndLeavesIndependentCellsAlone) {
  const auto pairs = [](std::uint32_t depth, const FaultConfig& config) {
    // Pairs of failing bits in one word, over chips: what a code of distance 3 cannot correct.
    double sum = 0;
    for (std::uint64_t chip = 0; chip < 60; ++chip) {
      const CellLayout layout = interleaved(depth);
      for (const auto& [word, bits] :
           bits_by_word(lay_out(geometry(), layout, drawn(chip, layout, 0.01, config)).own)) {
        sum += bits * (bits - 1) / 2.0;
      }
    }
    return sum;
  };
  FaultConfig rows;
  rows.spatial = SpatialModel({0, 0, 0.05});
  const double clustered = pairs(1, rows);
  const double spread = pairs(64, rows);
  EXPECT_LT(spread, clustered / 4) << clustered << " pairs before";
  // Independent cells: a word of 64 cells has 2016 pairs, each failing at rate^2.
  const double expected = 60.0 * geometry().words() * 2016 * 1e-4;
  for (const std::uint32_t depth : {1U, 8U, 64U}) {
    EXPECT_NEAR(pairs(depth, {}), expected, 6 * std::sqrt(expected)) << depth;
  }
}

TEST(SafeBits, FailAtTheirOwnRateAndAreTheSameCells) {
  PerGroup<CellLayout> layouts;
  layouts[GroupId::kFilter].safe_bits = 2;
  const PerGroup<SramGeometry> all(geometry(), geometry(), geometry());
  const PerGroup<BufferRates> rates({0.0}, {FaultRates(0.05), FaultRates(0.01)}, {0.0});
  const Chip plain(ChipId(4), all, PerGroup<BufferRates>(0.0, 0.05, 0.0), {});
  const Chip banked(ChipId(4), all, rates, {}, {macro_order({}, all, ChipId(4)), layouts});
  const FaultMask every = plain.weak_cells(GroupId::kFilter).mask(0.05);
  const FaultMask few = plain.weak_cells(GroupId::kFilter).mask(0.01);
  const FaultMask own = banked.weak_cells(GroupId::kFilter).mask(0.05);
  const FaultMask safe =
      banked.weak_cells(GroupId::kFilter, WordPart::kData, BitBank::kSafe).mask(0.01);
  constexpr std::uint64_t kSafeBits = 0xc0c0c0c0c0c0c0c0;
  for (std::size_t word = 0; word < every.words(); ++word) {
    ASSERT_EQ(~own.keep[word], ~every.keep[word] & ~kSafeBits);
    ASSERT_EQ(~safe.keep[word], ~few.keep[word] & kSafeBits);
    ASSERT_EQ(safe.flip[word], few.flip[word] & kSafeBits);
  }
  EXPECT_TRUE(banked.fails(GroupId::kFilter, {FaultRates(0.0), FaultRates(0.01)}));
  EXPECT_FALSE(banked.fails(GroupId::kFilter, {FaultRates(0.0), FaultRates(0.0)}));
  EXPECT_FALSE(banked.fails(GroupId::kIfmap, rates[GroupId::kIfmap]));
}

TEST(AreaBits, AddUpToTheMacrosCells) {
  CellLayout layout;
  EXPECT_EQ(area_bits(geometry(), layout).total(), geometry().capacity_bytes() * 8);
  const SramGeometry coded({64, 64, 8}, Bytes(64ULL * 8 * 16), 4);
  layout.redundancy = {3, 2, {}};
  EXPECT_EQ(area_bits(coded, layout).total(), 16U * (64 + 3) * (64 + 8 + 2));
  layout.safe_bits = 1;
  const AreaBits bits = area_bits(coded, layout);
  EXPECT_EQ(bits.safe, 16U * 64 * 8);
  EXPECT_EQ(bits.total() - bits.safe, 16U * (64 + 3) * (56 + 8 + 2));
  EXPECT_EQ(bits.data, geometry().capacity_bytes() * 8);
  EXPECT_EQ(bits.check, 16U * 64 * 8);
}

}  // namespace
}  // namespace brownout::memory
