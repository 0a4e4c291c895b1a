// SPDX-License-Identifier: Apache-2.0
#include "models/data/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/data/temporary_folder.h"

namespace brownout::models {
namespace {

using testing::HasSubstr;

std::string image_file(unsigned count, unsigned rows, unsigned columns, const std::string& pixels) {
  return big_endian(0x803) + big_endian(count) + big_endian(rows) + big_endian(columns) + pixels;
}

std::string label_file(unsigned count, const std::string& labels) {
  return big_endian(0x801) + big_endian(count) + labels;
}

class IdxTest : public testing::Test {
 protected:
  std::string image_error(const std::string& bytes) {
    const auto path = folder_.write("images", bytes);
    return input_error([&] { (void)read_idx_images(path); });
  }
  std::string label_error(const std::string& bytes) {
    const auto path = folder_.write("labels", bytes);
    return input_error([&] { (void)read_idx_labels(path, 10); });
  }
  TemporaryFolder folder_;
};

TEST_F(IdxTest, ReadsPlainAndCompressedImagesAlike) {
  const std::string bytes = image_file(2, 1, 3, std::string("\x00\x01\x02\xfd\xfe\xff", 6));
  for (const auto& path : {folder_.write("plain", bytes), folder_.write_gzip("gz", bytes)}) {
    const IdxImages images = read_idx_images(path);
    EXPECT_EQ(images.count, 2);
    EXPECT_EQ(images.rows, 1);
    EXPECT_EQ(images.columns, 3);
    EXPECT_THAT(images.pixels, testing::ElementsAre(0, 1, 2, 253, 254, 255));
  }
}

TEST_F(IdxTest, ReadsLabels) {
  const auto path = folder_.write_gzip("labels", label_file(3, std::string("\x09\x00\x05", 3)));
  EXPECT_THAT(read_idx_labels(path, 10), testing::ElementsAre(9, 0, 5));
}

TEST_F(IdxTest, NamesAWrongMagic) {
  EXPECT_THAT(image_error(label_file(1, "x")),
              HasSubstr("starts with 0x00000801, an IDX file of images starts with 0x00000803"));
  EXPECT_THAT(label_error(image_file(1, 1, 1, "x")), HasSubstr("an IDX file of labels"));
}

TEST_F(IdxTest, NamesMissingAndTrailingBytes) {
  EXPECT_THAT(image_error(image_file(2, 2, 2, "1234567")), HasSubstr("cut off: 7 of the 8 bytes"));
  EXPECT_THAT(image_error(image_file(2, 2, 2, "123456789")),
              HasSubstr("goes on after the 8 bytes"));
  EXPECT_THAT(label_error(label_file(2, "\x01\x02\x03")), HasSubstr("goes on after the 2 bytes"));
  EXPECT_THAT(image_error(big_endian(0x803) + "\x01"), HasSubstr("cut off inside its header"));
  EXPECT_THAT(image_error(""), HasSubstr("cut off inside its header"));
}

TEST_F(IdxTest, BelievesNoSizeTheFileCannotHold) {
  EXPECT_THAT(image_error(image_file(0x7fffffff, 4096, 4096, "x")), HasSubstr("holds at most"));
  EXPECT_THAT(image_error(image_file(1, 0, 3, "")), HasSubstr("images of 0 x 3 pixels"));
  EXPECT_THAT(image_error(image_file(1, 5000, 3, "")), HasSubstr("images of 5000 x 3 pixels"));
  EXPECT_THAT(image_error(image_file(0, 2, 2, "")), HasSubstr("announces 0 images"));
  EXPECT_THAT(label_error(label_file(0xffffffff, "x")), HasSubstr("holds at most"));
}

TEST_F(IdxTest, NamesALabelOutOfRange) {
  EXPECT_THAT(label_error(label_file(2, "\x03\x0a")),
              HasSubstr("label 1 is 10, allowed are 0 to 9"));
}

TEST_F(IdxTest, NoticesDamagedCompression) {
  std::string pixels(5000, '\0');
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(i * i % 251);
  const auto path = folder_.write_gzip("gz", image_file(50, 10, 10, pixels));
  std::ifstream file(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t kept = 0; kept < whole.size(); kept += 1 + kept / 8) {
    EXPECT_NE(image_error(whole.substr(0, kept)), "") << "cut to " << kept;
  }
  std::string checksum = whole;
  checksum[checksum.size() - 6] = static_cast<char>(checksum[checksum.size() - 6] ^ 1);
  EXPECT_THAT(image_error(checksum), HasSubstr("is damaged"));
}

TEST_F(IdxTest, NamesAMissingFile) {
  EXPECT_THAT(input_error([&] { (void)read_idx_images(folder_.path() / "none"); }),
              HasSubstr("none: cannot be opened"));
}

}  // namespace
}  // namespace brownout::models
