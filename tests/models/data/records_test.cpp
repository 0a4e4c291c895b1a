// SPDX-License-Identifier: Apache-2.0
#include "models/data/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/data/temporary_folder.h"

namespace brownout::models {
namespace {

using testing::HasSubstr;

std::string record(char label, char fill) { return label + std::string(3072, fill); }

class RecordsTest : public testing::Test {
 protected:
  std::string error(const std::string& bytes) {
    const auto path = folder_.write("batch.bin", bytes);
    Records batch;
    return input_error([&] { append_records(path, {}, batch); });
  }
  TemporaryFolder folder_;
};

TEST_F(RecordsTest, AppendsRecordsInOrder) {
  const auto first = folder_.write("1.bin", record(3, 'a') + record(9, '\xff'));
  const auto second = folder_.write("2.bin", record(0, 'c'));
  Records batch;
  append_records(first, {}, batch);
  append_records(second, {}, batch);
  EXPECT_THAT(batch.labels, testing::ElementsAre(3, 9, 0));
  ASSERT_EQ(batch.pixels.size(), 3U * 3072U);
  EXPECT_EQ(batch.pixels[3071], 'a');
  EXPECT_EQ(batch.pixels[3072], 0xff);
  EXPECT_EQ(batch.pixels[6144], 'c');
}

TEST_F(RecordsTest, NamesAWrongSize) {
  EXPECT_THAT(error(""), HasSubstr("has 0 bytes"));
  EXPECT_THAT(error(record(1, 'a') + "x"), HasSubstr("has 3074 bytes"));
  EXPECT_THAT(error(record(1, 'a').substr(1)), HasSubstr("records of 3073 bytes"));
}

TEST_F(RecordsTest, NamesALabelOutOfRange) {
  EXPECT_THAT(error(record(1, 'a') + record(10, 'b')),
              HasSubstr("label 1 is 10, allowed are 0 to 9"));
}

TEST_F(RecordsTest, TheLastOfTwoLabelBytesIsTheClass) {
  const auto path = folder_.write("train.bin", '\x13' + record(99, 'a') + '\x05' + record(7, 'b'));
  Records records;
  append_records(path, {2, 100}, records);
  EXPECT_THAT(records.labels, testing::ElementsAre(99, 7));
  EXPECT_EQ(records.pixels.at(0), 'a');
  EXPECT_EQ(records.pixels.at(3072), 'b');
  EXPECT_THAT(error(record(1, 'a') + record(2, 'b') + "xx"), HasSubstr("has 6148 bytes"));
}

TEST_F(RecordsTest, NamesAMissingFile) {
  Records batch;
  EXPECT_THAT(input_error([&] { append_records(folder_.path() / "none.bin", {}, batch); }),
              HasSubstr("none.bin: No such file"));
}

}  // namespace
}  // namespace brownout::models
