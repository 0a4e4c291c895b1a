// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/tables/published.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

class PublishedTablesTest : public ::testing::Test {
 protected:
  PublishedTablesTest()
      : file_(std::filesystem::temp_directory_path() /
              ("published_test_" + std::to_string(getpid()) + ".csv")) {}
  ~PublishedTablesTest() override { std::filesystem::remove(file_); }

  PublishedTables read(const std::string& rows) const {
    std::ofstream(file_) << "table,row,column,value\n" << rows;
    return PublishedTables(file_);
  }

  std::filesystem::path file_;
};

TEST_F(PublishedTablesTest, UnitsStandBehindTheNumber) {
  const PublishedTables tables = read("7,A,MACs,557.14M\n7,B,MACs,1.31G\n2,A,B,-21.8\n");
  EXPECT_EQ(tables.at(7, "A", "MACs").value, 557.14);
  EXPECT_EQ(tables.at(7, "A", "MACs").unit, 1e6);
  EXPECT_EQ(tables.at(7, "B", "MACs").unit, 1e9);
  EXPECT_EQ(tables.at(2, "A", "B").value, -21.8);
  EXPECT_EQ(tables.at(2, "A", "B").text, "-21.8");
}

TEST_F(PublishedTablesTest, MissingDoubleAndDamagedCellsAreNamed) {
  EXPECT_THROW(static_cast<void>(read("2,A,B,1\n").at(2, "A", "C")), InputError);
  EXPECT_THROW(static_cast<void>(read("2,A,B,1\n2,A,B,2\n")), InputError);
  EXPECT_THROW(static_cast<void>(read("2,A,B,1x\n")), InputError);
  EXPECT_THROW(static_cast<void>(read("2,A,B,M\n")), InputError);
}

}  // namespace
}  // namespace brownout::sweep
