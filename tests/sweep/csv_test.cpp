// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/csv.h"

#include <gtest/gtest.h>

#include "tests/sweep/results_fixture.h"

namespace brownout::sweep {
namespace {

class CsvTest : public FolderTest {
 protected:
  [[nodiscard]] CsvFile load(const std::string& text) const {
    write("a.csv", text);
    return read_csv(path("a.csv"), {"name", "count"});
  }
  [[nodiscard]] std::string error(const std::string& text) const {
    const std::string message = input_error([&] { static_cast<void>(load(text)); });
    const std::string prefix = path("a.csv");
    return message.rfind(prefix, 0) == 0 ? message.substr(prefix.size()) : message;
  }
};

TEST_F(CsvTest, FieldsOfAnyKindComeBack) {
  const std::vector<std::string> odd = {"", ",", "\"", "a \"b\", c", "\"\"", ",\"", " x "};
  for (const std::string& first : odd) {
    for (const std::string& second : odd) {
      const CsvFile file = load("name,count\n" + join_csv({first, second}) + "\n");
      ASSERT_EQ(file.rows.size(), 1U);
      EXPECT_EQ(file.rows[0].fields, (std::vector<std::string>{first, second}));
    }
  }
}

TEST_F(CsvTest, NumbersComeBackExactly) {
  for (const double value : {0.1, 1.0 / 3, 2.055941e-01, 1e-300, 12345678901234.5}) {
    const CsvFile file = load("name,count\n" + csv_number(value) + ",7\n");
    CsvFields fields(file, file.rows[0]);
    EXPECT_EQ(fields.number(), value);
    EXPECT_EQ(fields.count(), 7U);
  }
}

TEST_F(CsvTest, ATornLastLineIsSkipped) {
  EXPECT_EQ(load("name,count\na,1\nb,2").rows.size(), 1U);
  EXPECT_EQ(load("name,count\na,1\nb").rows.size(), 1U);
}

TEST_F(CsvTest, DamageIsNamedByLine) {
  EXPECT_EQ(error(""), ":1: found no header, allowed: name,count");
  EXPECT_EQ(error("name,cuont\n"), ":1: found another header, allowed: name,count");
  EXPECT_EQ(error("name,count\na,1\nb\n"), ":3: found a damaged row, allowed: 2 fields");
  EXPECT_EQ(error("name,count\na,1,2\n"), ":2: found a damaged row, allowed: 2 fields");
  EXPECT_EQ(error("name,count\n\"a,1\n"), ":2: found a damaged row, allowed: 2 fields");
  EXPECT_EQ(error("name,count\n\"a\"b,1\n"), ":2: found a damaged row, allowed: 2 fields");
}

TEST_F(CsvTest, WrongNumbersAreNamedByColumn) {
  const CsvFile file = load("name,count\n1e3,-1\nnan,1\n");
  CsvFields fields(file, file.rows[0]);
  EXPECT_EQ(fields.number(), 1000);
  EXPECT_EQ(input_error([&] { static_cast<void>(fields.count()); }),
            path("a.csv") + ":2: count: found '-1', allowed: a whole number");
  CsvFields second(file, file.rows[1]);
  EXPECT_EQ(input_error([&] { static_cast<void>(second.number()); }),
            path("a.csv") + ":3: name: found 'nan', allowed: a number");
}

}  // namespace
}  // namespace brownout::sweep
