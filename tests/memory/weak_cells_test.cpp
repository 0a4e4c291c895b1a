// SPDX-License-Identifier: Apache-2.0
#include "memory/weak_cells.h"

#include <gtest/gtest.h>

#include <bitset>
#include <cmath>
#include <random>

#include "memory/cell_kernels.h"
#include "memory/chip.h"
#include "sim/core/error.h"
#include "sim/core/philox.h"

namespace brownout::memory {
namespace {

const SramGeometry& geometry() {
  static const SramGeometry kGeometry({512, 64}, Bytes(65536), 4);
  return kGeometry;
}

FaultConfig stuck_at(double share_of_ones) {
  FaultConfig config;
  config.mechanisms.front().share_of_ones = share_of_ones;
  return config;
}

std::size_t failing_bits(const FaultMask& mask) {
  std::size_t count = 0;
  for (const std::uint64_t keep : mask.keep) count += 64 - std::bitset<64>(keep).count();
  return count;
}

TEST(WeakCells, AChipIsTheSameEveryTimeAndChipsDiffer) {
  const WeakCells a(ChipId(7), GroupId::kFilter, geometry(), 0.01);
  const WeakCells b(ChipId(7), GroupId::kFilter, geometry(), 0.01);
  const WeakCells other_chip(ChipId(8), GroupId::kFilter, geometry(), 0.01);
  const WeakCells other_group(ChipId(7), GroupId::kIfmap, geometry(), 0.01);
  EXPECT_EQ(a.mask(0.01).keep, b.mask(0.01).keep);
  EXPECT_EQ(a.mask(0.01).flip, b.mask(0.01).flip);
  EXPECT_NE(a.mask(0.01).keep, other_chip.mask(0.01).keep);
  EXPECT_NE(a.mask(0.01).keep, other_group.mask(0.01).keep);
}

TEST(WeakCells, ACellThatFailsAlsoFailsAtEveryHigherRate) {
  for (std::uint64_t chip = 0; chip < 5; ++chip) {
    const WeakCells cells(ChipId(chip), GroupId::kFilter, geometry(), 0.2);
    FaultMask last;
    for (const double rate : {1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.2}) {
      const FaultMask mask = cells.mask(rate);
      for (std::size_t word = 0; word < last.keep.size(); ++word) {
        const std::uint64_t failed = ~last.keep[word];
        ASSERT_EQ(failed & mask.keep[word], 0U) << "chip " << chip << " heals word " << word;
        ASSERT_EQ(last.flip[word], mask.flip[word] & failed) << "a preferred state changed";
      }
      last = mask;
    }
  }
}

TEST(WeakCells, WhatIsDrawnForALowerVoltageIsTheSameChip) {
  const WeakCells few(ChipId(3), GroupId::kFilter, geometry(), 0.001);
  const WeakCells many(ChipId(3), GroupId::kFilter, geometry(), 0.1);
  EXPECT_EQ(few.mask(0.001).keep, many.mask(0.001).keep);
  EXPECT_EQ(few.mask(0.0005).flip, many.mask(0.0005).flip);
}

TEST(WeakCells, CountsLieWithinABinomialBound) {
  const double cells = geometry().words() * 64.0;
  for (const double rate : {1e-3, 0.01, 0.2}) {
    for (std::uint64_t chip = 0; chip < 20; ++chip) {
      const WeakCells weak(ChipId(chip), GroupId::kFilter, geometry(), rate);
      const double sigma = std::sqrt(cells * rate * (1 - rate));
      const FaultMask mask = weak.mask(rate);
      EXPECT_NEAR(static_cast<double>(failing_bits(mask)), cells * rate, 5 * sigma)
          << "chip " << chip << " rate " << rate;
      std::size_t ones = 0;
      for (const std::uint64_t set : mask.flip) ones += std::bitset<64>(set).count();
      EXPECT_NEAR(static_cast<double>(ones), cells * rate / 2, 5 * sigma) << "chip " << chip;
    }
  }
}

TEST(WeakCells, ShareOfOnesMovesTheirPreferredState) {
  const WeakCells zeros(ChipId(1), GroupId::kFilter, geometry(), 0.01, stuck_at(0.0));
  const WeakCells ones(ChipId(1), GroupId::kFilter, geometry(), 0.01, stuck_at(1.0));
  const FaultMask low = zeros.mask(0.01);
  const FaultMask high = ones.mask(0.01);
  EXPECT_EQ(low.keep, high.keep);
  for (std::size_t word = 0; word < low.flip.size(); ++word) {
    ASSERT_EQ(low.flip[word], 0U);
    ASSERT_EQ(high.flip[word], ~high.keep[word]);
  }
}

TEST(WeakCells, EveryCellIsThatOfItsOwnCounter) {
  // The definition, cell by cell: rank, then preferred state, each from Philox by (group, macro,
  // row, bit). Macros of all word sizes, rows that fill no whole stretch.
  for (const std::uint32_t bits : {8U, 16U, 32U, 64U}) {
    const SramGeometry small({21, bits}, Bytes(21ULL * 4 * bits / 8), 2);
    const WeakCells cells(ChipId(9), GroupId::kOfmap, small, 0.3, stuck_at(0.25));
    std::size_t expected = 0;
    FaultMask mask = cells.mask(0.3);
    for (std::uint32_t macro = 0; macro < 4; ++macro) {
      for (std::uint32_t row = 0; row < 21; ++row) {
        for (std::uint32_t bit = 0; bit < bits; ++bit) {
          const double rank = philox(9, {2, macro, row, bit / 4})[bit % 4] * 0x1p-32;
          const bool one = philox(9, {2 + 256, macro, row, bit})[0] * 0x1p-32 < 0.25;
          const WordId word = small.word_at(MacroId(macro), RowId(row));
          const std::uint64_t all = ~std::uint64_t{0};
          const std::uint64_t zeros = mask.apply(word, 0) >> bit & 1U;
          const std::uint64_t ones = mask.apply(word, all) >> bit & 1U;
          ASSERT_EQ(zeros, rank < 0.3 && one ? 1U : 0U) << bits << " " << macro << " " << row;
          ASSERT_EQ(ones, rank < 0.3 && !one ? 0U : 1U) << bits << " " << macro << " " << row;
          if (rank < 0.3) ++expected;
        }
      }
    }
    EXPECT_EQ(cells.failing(0.3), expected);
  }
}

TEST(WeakCells, CheckBitsAreTheColumnsBehindTheWordAndChangeNoneOfIts) {
  for (const std::uint32_t bits : {8U, 32U, 64U}) {
    const Bytes capacity(21ULL * 4 * bits / 8);
    const SramGeometry plain({21, bits}, capacity, 2);
    const SramGeometry coded({21, bits, 14}, capacity, 2);
    const FaultMask data =
        WeakCells(ChipId(9), GroupId::kOfmap, plain, 0.3, stuck_at(0.25)).mask(0.3);
    EXPECT_EQ(WeakCells(ChipId(9), GroupId::kOfmap, coded, 0.3, stuck_at(0.25)).mask(0.3), data);
    const CellFamily family{ChipId(9), GroupId::kOfmap, false, WordPart::kCheck};
    EXPECT_TRUE(WeakCells(family, plain, 0.3, stuck_at(0.25)).mask(0.3).empty());
    const FaultMask check = WeakCells(family, coded, 0.3, stuck_at(0.25)).mask(0.3);
    for (std::uint32_t macro = 0; macro < 4; ++macro) {
      for (std::uint32_t row = 0; row < 21; ++row) {
        const WordId word = coded.word_at(MacroId(macro), RowId(row));
        std::uint64_t failing = 0;
        for (std::uint32_t bit = bits; bit < bits + 14; ++bit) {
          const double rank = philox(9, {2, macro, row, bit / 4})[bit % 4] * 0x1p-32;
          if (rank < 0.3) failing |= std::uint64_t{1} << (bit - bits);
        }
        ASSERT_EQ(~check.keep[word.value()], failing) << bits << " " << macro << " " << row;
      }
    }
  }
}

TEST(WeakCells, CheckBitsShareTheWeightsOfTheirMacroAndRow) {
  // Few macros and rows hold nearly all faults; check bits fail where the word does.
  FaultConfig faults = stuck_at(0.5);
  faults.spatial = SpatialModel({0.05, 0, 0.2});
  const SramGeometry coded({64, 64, 8}, Bytes(64ULL * 64 * 8), 1);
  std::uint64_t both = 0;
  std::uint64_t alone = 0;
  for (std::uint64_t chip = 0; chip < 20; ++chip) {
    const FaultMask data =
        WeakCells(ChipId(chip), GroupId::kFilter, coded, 0.01, faults).mask(0.01);
    const CellFamily family{ChipId(chip), GroupId::kFilter, false, WordPart::kCheck};
    const WeakCells check(family, coded, 0.01, faults);
    for (const WeakCell& cell : check.cells()) {
      ASSERT_GE(cell.bit.value(), 64U);
      ASSERT_LT(cell.bit.value(), 72U);
      (~data.keep[cell.word.value()] != 0 ? both : alone) += 1;
    }
  }
  // Independent cells: a word of 64 fails in 47 % of all cases.
  EXPECT_GT(both, 4 * alone);
  EXPECT_GT(both + alone, 500U);
}

TEST(WeakCells, MovingAMaskGivesThatOfTheNewRate) {
  const WeakCells cells(ChipId(4), GroupId::kFilter, geometry(), 0.2);
  FaultMask mask;
  double last = 0;
  for (const double rate : {1e-6, 0.01, 0.2, 0.003, 0.05, 1e-6}) {
    cells.move(mask, last, rate);
    last = rate;
    if (cells.failing(rate) > 0) {
      ASSERT_EQ(mask, cells.mask(rate)) << rate;
    }
  }
}

TEST(CellKernels, GiveTheSameNumbersOnEveryInstructionSet) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const Stretch stretch{random(),
                          static_cast<std::uint32_t>(random()),
                          static_cast<std::uint32_t>(random()),
                          static_cast<std::uint32_t>(random() % 4096 * 16),
                          static_cast<std::uint32_t>(random() % 5),
                          static_cast<std::uint32_t>(random() % 32)};
    StretchValues last;
    for (std::uint32_t& bound : last) bound = static_cast<std::uint32_t>(random()) >> 6U;
    StretchValues expected;
    const bool any = cell_kernels()[0].draw(stretch, last, expected);
    for (const NamedCellKernel& kernel : cell_kernels()) {
      if (!kernel.supported) continue;
      StretchValues ranks;
      ASSERT_EQ(kernel.draw(stretch, last, ranks), any) << kernel.name;
      ASSERT_EQ(ranks, expected) << kernel.name;
    }
  }
}

TEST(WeakCells, NoCellFailsAtRateZeroAndNoHigherRateIsAnswered) {
  const WeakCells cells(ChipId(1), GroupId::kFilter, geometry(), 0.01);
  EXPECT_TRUE(cells.mask(0).empty());
  EXPECT_THROW(static_cast<void>(cells.mask(0.02)), SimulationError);
}

TEST(WeakCells, RatesAreResolvedFarBelowSixteenBits) {
  // 33.5 M cells at 1e-5: 335 expected. A 16-bit threshold would round the rate to zero.
  const SramGeometry large({512, 64}, Bytes(4194304), 4);
  const WeakCells cells(ChipId(5), GroupId::kFilter, large, 1e-5);
  EXPECT_NEAR(static_cast<double>(cells.failing(1e-5)), 335.5, 5 * std::sqrt(335.5));
}

TEST(Chip, DrawsEachBufferAtItsOwnRate) {
  const PerGroup<SramGeometry> all(geometry(), geometry(), geometry());
  const Chip chip(ChipId(2), all, PerGroup<BufferRates>(0.0, 0.01, 0.0), {});
  EXPECT_TRUE(chip.weak_cells(GroupId::kIfmap).cells().empty());
  EXPECT_FALSE(chip.weak_cells(GroupId::kFilter).cells().empty());
}

}  // namespace
}  // namespace brownout::memory
