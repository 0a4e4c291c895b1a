// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/text_table.h"

#include <gtest/gtest.h>

#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

TEST(TextTable, TextsGoLeftAndNumbersRight) {
  TextTable table({{"", "layer", true}, {"", "cycles"}});
  table.add_row({"a", "1,000"});
  table.add_row({"block1", "7"});
  EXPECT_EQ(table.text(),
            "layer   cycles\n"
            "--------------\n"
            "a        1,000\n"
            "block1       7\n");
}

TEST(TextTable, RowsHaveOneCellPerColumn) {
  TextTable table({{"", "V"}, {"accuracy", "mean"}});
  EXPECT_THROW(table.add_row({"1"}), SimulationError);
}

TEST(TextTable, HeadingsWidenNarrowColumns) {
  TextTable table({{"", "V"}, {"accuracy", "mean"}, {"accuracy", "std"}, {"a heading", "x"}});
  table.add_row({"1", "90.00", "1", "2"});
  EXPECT_EQ(table.text(),
            "    accuracy    a heading\n"
            "V   mean  std            x\n"
            "--------------------------\n"
            "1  90.00    1            2\n");
}

TEST(TextTable, CountsCharactersNotBytes) {
  TextTable table({{"", "unit", true}, {"", "n"}});
  table.add_row({"\u00b5J", "1"});
  EXPECT_EQ(table.text(), "unit  n\n-------\n\u00b5J    1\n");
}

}  // namespace
}  // namespace brownout::sweep
