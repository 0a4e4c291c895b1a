// SPDX-License-Identifier: Apache-2.0
// Repair by spare lines: what it may never do, and how far from the best it is.
#include "memory/redundancy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "memory/cell_draw.h"

namespace brownout::memory {
namespace {

/// A tiny macro: which cells fail, spare lines behind the regular ones.
struct Tiny {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t spare_rows = 0;
  std::uint32_t spare_columns = 0;
  std::vector<std::vector<bool>> fails;

  [[nodiscard]] RepairBoard board() const {
    RepairBoard board({rows, spare_rows}, {columns, spare_columns});
    for (std::uint32_t r = 0; r < fails.size(); ++r) {
      for (std::uint32_t c = 0; c < fails[r].size(); ++c) {
        if (fails[r][c]) board.fail(r, c);
      }
    }
    return board;
  }
};

Tiny tiny(std::mt19937_64& random, double rate, bool spares_fail) {
  const auto roll = [&](std::uint32_t lowest, std::uint32_t highest) {
    return std::uniform_int_distribution<std::uint32_t>(lowest, highest)(random);
  };
  Tiny tiny{roll(1, 5), roll(1, 5), roll(0, 2), roll(0, 2), {}};
  std::bernoulli_distribution fails(rate);
  for (std::uint32_t r = 0; r < tiny.rows + tiny.spare_rows; ++r) {
    tiny.fails.emplace_back();
    for (std::uint32_t c = 0; c < tiny.columns + tiny.spare_columns; ++c) {
      const bool is_spare = r >= tiny.rows || c >= tiny.columns;
      tiny.fails.back().push_back(fails(random) && (spares_fail || !is_spare));
    }
  }
  return tiny;
}

/// All ways to put lines into use: for each regular line itself or a spare one, each spare once.
void assignments(std::uint32_t regular, std::uint32_t spare, std::vector<std::uint32_t>& chosen,
                 std::vector<std::vector<std::uint32_t>>& all) {
  if (chosen.size() == regular) {
    all.push_back(chosen);
    return;
  }
  std::vector<std::uint32_t> options = {static_cast<std::uint32_t>(chosen.size())};
  for (std::uint32_t s = regular; s < regular + spare; ++s) {
    if (std::count(chosen.begin(), chosen.end(), s) == 0) options.push_back(s);
  }
  for (const std::uint32_t option : options) {
    chosen.push_back(option);
    assignments(regular, spare, chosen, all);
    chosen.pop_back();
  }
}

/// Fewest failing cells any assignment leaves.
std::uint64_t fewest(const Tiny& tiny) {
  std::vector<std::vector<std::uint32_t>> rows;
  std::vector<std::vector<std::uint32_t>> columns;
  std::vector<std::uint32_t> chosen;
  assignments(tiny.rows, tiny.spare_rows, chosen, rows);
  assignments(tiny.columns, tiny.spare_columns, chosen, columns);
  std::uint64_t fewest = ~std::uint64_t{0};
  for (const auto& r : rows) {
    for (const auto& c : columns) {
      std::uint64_t failing = 0;
      for (const std::uint32_t row : r) {
        for (const std::uint32_t column : c) failing += tiny.fails[row][column] ? 1 : 0;
      }
      fewest = std::min(fewest, failing);
    }
  }
  return fewest;
}

TEST(Repair, LeavesNeverMoreThanBeforeNorFewerThanTheBestWayToUseTheSpares) {
  std::mt19937_64 random(1);
  int best = 0;
  int all = 0;
  std::uint64_t left = 0;
  std::uint64_t least = 0;
  for (int i = 0; i < 4000; ++i) {
    const Tiny macro = tiny(random, 0.05 + 0.1 * (i % 5), i % 2 == 0);
    RepairBoard board = macro.board();
    const std::uint64_t before = board.failing();
    board.repair();
    const std::uint64_t bound = fewest(macro);
    ASSERT_LE(board.failing(), before) << i;
    ASSERT_GE(board.failing(), bound) << i;
    ++all;
    if (board.failing() == bound) ++best;
    left += board.failing();
    least += bound;
  }
  EXPECT_GT(best, all * 9 / 10) << "greedy repair is seldom the best one";
  EXPECT_LT(static_cast<double>(left), 1.1 * static_cast<double>(least));
}

TEST(Repair, ACleanSpareForEveryFailingRowOrColumnLeavesNone) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 2000; ++i) {
    Tiny macro = tiny(random, 0.3, false);
    std::set<std::uint32_t> rows;
    std::set<std::uint32_t> columns;
    for (std::uint32_t r = 0; r < macro.rows; ++r) {
      for (std::uint32_t c = 0; c < macro.columns; ++c) {
        if (!macro.fails[r][c]) continue;
        rows.insert(r);
        columns.insert(c);
      }
    }
    const bool by_rows = i % 2 == 0;
    macro.spare_rows = by_rows ? static_cast<std::uint32_t>(rows.size()) : 0;
    macro.spare_columns = by_rows ? 0 : static_cast<std::uint32_t>(columns.size());
    macro.fails.resize(macro.rows + macro.spare_rows);
    for (auto& row : macro.fails) row.resize(macro.columns + macro.spare_columns);
    RepairBoard board = macro.board();
    board.repair();
    ASSERT_EQ(board.failing(), 0U) << i;
  }
}

TEST(Repair, ALineThatOnlyOneKindOfSpareCanRepairGetsIt) {
  // A column of four and a row of two failing cells, one spare each: the row has more than the one
  // spare column could take, the column more than the one spare row.
  RepairBoard board({4, 1}, {4, 1});
  for (std::uint32_t r = 0; r < 4; ++r) board.fail(r, 1);
  board.fail(2, 0);
  board.fail(2, 3);
  board.repair();
  EXPECT_EQ(board.failing(), 0U);
  EXPECT_FALSE(board.rows().place(2).has_value());
  EXPECT_EQ(board.rows().place(4), 2U);
  EXPECT_FALSE(board.columns().place(1).has_value());
  EXPECT_EQ(board.columns().place(4), 1U);
}

TEST(Repair, ASpareWorseThanTheLineStaysIdle) {
  RepairBoard board({2, 1}, {3, 0});
  board.fail(0, 0);
  board.fail(2, 1);
  board.repair();
  EXPECT_EQ(board.failing(), 1U);
  EXPECT_EQ(board.rows().place(0), 0U);
  EXPECT_FALSE(board.rows().place(2).has_value());
}

/// A buffer with weak rows, some of its cells too slow.
class RepairedBuffer : public ::testing::Test {
 protected:
  RepairedBuffer() {
    config_.spatial = SpatialModel({0, 0.5, 0.3});
    config_.access_time = AccessTime{0.5, 0.1, 1};
    layout_.redundancy = {3, 2, {kTested, kTestedSlow}};
  }

  [[nodiscard]] CellLists drawn(std::uint64_t chip, const CellLayout& layout) const {
    return {draw_cells({ChipId(chip), GroupId::kFilter, false}, geometry_, layout, 0.05, config_),
            draw_cells({ChipId(chip), GroupId::kFilter, true}, geometry_, layout, 0.01, config_)};
  }
  /// Cells (word, bit) in use that fail the test.
  static std::set<std::pair<std::uint32_t, std::uint32_t>> failing(const CellLists& cells) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> found;
    for (const WeakCell& cell : cells.curve) {
      if (cell.u < rank_limit(kTested)) found.insert({cell.word.value(), cell.bit.value()});
    }
    for (const WeakCell& cell : cells.slow) {
      if (cell.u < rank_limit(kTestedSlow)) found.insert({cell.word.value(), cell.bit.value()});
    }
    return found;
  }

  static constexpr double kTested = 0.003;
  static constexpr double kTestedSlow = 0.001;
  SramGeometry geometry_{{64, 32}, Bytes(64ULL * 4 * 8), 2};
  FaultConfig config_;
  CellLayout layout_;
};

TEST_F(RepairedBuffer, HasFewerFailingCellsAtTheTestAndOnlyCellsOfTheWords) {
  std::size_t before = 0;
  std::size_t after = 0;
  for (std::uint64_t chip = 0; chip < 30; ++chip) {
    const BankedCells plain = lay_out(geometry_, {}, drawn(chip, {}));
    const BankedCells repaired = lay_out(geometry_, layout_, drawn(chip, layout_));
    ASSERT_LE(failing(repaired.own).size(), failing(plain.own).size()) << chip;
    before += failing(plain.own).size();
    after += failing(repaired.own).size();
    for (const WeakCell& cell : repaired.own.curve) {
      ASSERT_LT(cell.word.value(), geometry_.words());
      ASSERT_LT(cell.bit.value(), 32U);
    }
  }
  EXPECT_LT(after, before / 2) << "weak rows should be repaired";
  EXPECT_GT(after, 0U);
}

TEST_F(RepairedBuffer, IsTheSameEveryTimeAndForEveryHigherRateDrawn) {
  const BankedCells once = lay_out(geometry_, layout_, drawn(3, layout_));
  CellLists few{
      draw_cells({ChipId(3), GroupId::kFilter, false}, geometry_, layout_, kTested, config_),
      draw_cells({ChipId(3), GroupId::kFilter, true}, geometry_, layout_, kTestedSlow, config_)};
  const BankedCells again = lay_out(geometry_, layout_, std::move(few));
  EXPECT_EQ(failing(once.own), failing(again.own));
}

TEST_F(RepairedBuffer, IsTheChipWithoutSparesWhereTheTestFoundNothing) {
  CellLayout untested = layout_;
  untested.redundancy.tested = {0.0, 0.0};
  for (std::uint64_t chip = 0; chip < 5; ++chip) {
    const CellLists a = lay_out(geometry_, untested, drawn(chip, untested)).own;
    const CellLists b = lay_out(geometry_, {}, drawn(chip, {})).own;
    ASSERT_EQ(a.curve.size(), b.curve.size());
    for (std::size_t i = 0; i < a.curve.size(); ++i) {
      EXPECT_EQ(a.curve[i].u, b.curve[i].u);
      EXPECT_EQ(a.curve[i].word, b.curve[i].word);
      EXPECT_EQ(a.curve[i].bit, b.curve[i].bit);
      EXPECT_EQ(a.curve[i].reads_one, b.curve[i].reads_one);
    }
  }
}

}  // namespace
}  // namespace brownout::memory
