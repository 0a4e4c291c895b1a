// SPDX-License-Identifier: Apache-2.0
// Whether a table that does not agree is seen.
#include "sim/sweep/tables/reproduction.h"

#include <gtest/gtest.h>

namespace brownout::sweep {
namespace {

ReproducedCell cell(const std::string& column, double published, double ours,
                    const std::string& known) {
  ReproducedCell cell;
  cell.row = "A";
  cell.column = column;
  cell.published.value = published;
  cell.values = {ours, 1};
  cell.known = known;
  return cell;
}

ReproducedTable small_table() {
  ReproducedTable table{"table2", "a title", " points", 2, {}, {}};
  table.columns = {{"ours", 0.06}, {"hardware", {}}};
  table.cells = {cell("X", 19.0, 18.95, ""), cell("Y", 20.0, 20.5, "theirs")};
  return table;
}

TEST(Reproduction, KnownDeviationsDoNotCountAsFailures) {
  const ReproducedTable table = small_table();
  const ColumnVerdict verdict = judge(table, 0);
  EXPECT_EQ(verdict.cells, 2U);
  EXPECT_EQ(verdict.within, 1U);
  EXPECT_EQ(verdict.known.size(), 1U);
  EXPECT_EQ(verdict.worst->column, "X");
  EXPECT_TRUE(verdict.holds());
}

TEST(Reproduction, OtherDeviationsDo) {
  ReproducedTable table = small_table();
  table.cells[1].known.clear();
  EXPECT_FALSE(judge(table, 0).holds());
  EXPECT_EQ(judge(table, 0).worst->column, "Y");
}

TEST(Reproduction, ColumnsWithoutToleranceClaimNothing) {
  EXPECT_ANY_THROW(static_cast<void>(judge(small_table(), 1)));
}

}  // namespace
}  // namespace brownout::sweep
