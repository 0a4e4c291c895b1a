// SPDX-License-Identifier: Apache-2.0
#include "models/data/cifar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/data/temporary_folder.h"

namespace brownout::models {
namespace {

using testing::HasSubstr;

std::string record(char label, char fill) { return label + std::string(3072, fill); }

class CifarTest : public testing::Test {
 protected:
  std::string error(const std::string& bytes) {
    const auto path = folder_.write("batch.bin", bytes);
    CifarBatch batch;
    return input_error([&] { append_cifar_batch(path, batch); });
  }
  TemporaryFolder folder_;
};

TEST_F(CifarTest, AppendsRecordsInOrder) {
  const auto first = folder_.write("1.bin", record(3, 'a') + record(9, '\xff'));
  const auto second = folder_.write("2.bin", record(0, 'c'));
  CifarBatch batch;
  append_cifar_batch(first, batch);
  append_cifar_batch(second, batch);
  EXPECT_THAT(batch.labels, testing::ElementsAre(3, 9, 0));
  ASSERT_EQ(batch.pixels.size(), 3U * 3072U);
  EXPECT_EQ(batch.pixels[3071], 'a');
  EXPECT_EQ(batch.pixels[3072], 0xff);
  EXPECT_EQ(batch.pixels[6144], 'c');
}

TEST_F(CifarTest, NamesAWrongSize) {
  EXPECT_THAT(error(""), HasSubstr("has 0 bytes"));
  EXPECT_THAT(error(record(1, 'a') + "x"), HasSubstr("has 3074 bytes"));
  EXPECT_THAT(error(record(1, 'a').substr(1)), HasSubstr("records of 3073 bytes"));
}

TEST_F(CifarTest, NamesALabelOutOfRange) {
  EXPECT_THAT(error(record(1, 'a') + record(10, 'b')),
              HasSubstr("label 1 is 10, allowed are 0 to 9"));
}

TEST_F(CifarTest, NamesAMissingFile) {
  CifarBatch batch;
  EXPECT_THAT(input_error([&] { append_cifar_batch(folder_.path() / "none.bin", batch); }),
              HasSubstr("none.bin: No such file"));
}

}  // namespace
}  // namespace brownout::models
