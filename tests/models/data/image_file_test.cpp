// SPDX-License-Identifier: Apache-2.0
#include "models/data/image_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <random>

#include "tests/models/data/png_maker.h"
#include "tests/models/data/temporary_folder.h"

namespace brownout::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ImageFileTest : public testing::Test {
 protected:
  Image read(const std::string& bytes) { return read_image(folder_.write("image", bytes)); }
  std::string error(const std::string& bytes) {
    return input_error([&] { (void)read(bytes); });
  }
  TemporaryFolder folder_;
};

TEST_F(ImageFileTest, ReadsColourPlaneByPlane) {
  const Image ppm = read("P6 2 1 255\nabcdef");
  EXPECT_EQ(ppm.shape, (Shape{3, 1, 2}));
  EXPECT_THAT(ppm.pixels, ElementsAre('a', 'd', 'b', 'e', 'c', 'f'));
  const Image png = read(make_png({}, 2, {"abcdef"}));
  EXPECT_EQ(png.shape, ppm.shape);
  EXPECT_EQ(png.pixels, ppm.pixels);
}

TEST_F(ImageFileTest, ReadsEveryKindOfPng) {
  const Image grey = read(make_png({8, PNG_COLOR_TYPE_GRAY}, 3, {"abc", "def"}));
  EXPECT_EQ(grey.shape, (Shape{1, 2, 3}));
  EXPECT_THAT(grey.pixels, ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  const Image bits = read(make_png({1, PNG_COLOR_TYPE_GRAY}, 3, {"\xa0"}));
  EXPECT_THAT(bits.pixels, ElementsAre(255, 0, 255));
  const Image deep = read(make_png({16, PNG_COLOR_TYPE_GRAY}, 2, {"aXbX"}));
  EXPECT_THAT(deep.pixels, ElementsAre('a', 'b'));
  const Image clear = read(make_png({8, PNG_COLOR_TYPE_RGBA}, 1, {std::string("abc\0", 4)}));
  EXPECT_THAT(clear.pixels, ElementsAre('a', 'b', 'c'));
  const Image palette = read(
      make_png({8, PNG_COLOR_TYPE_PALETTE}, 2, {std::string("\1\0", 2)}, {{1, 2, 3}, {7, 8, 9}}));
  EXPECT_EQ(palette.shape, (Shape{3, 1, 2}));
  EXPECT_THAT(palette.pixels, ElementsAre(7, 1, 8, 2, 9, 3));
  std::vector<std::string> rows;
  for (int y = 0; y < 9; ++y) rows.push_back(std::string(1, static_cast<char>('a' + y)) + "12345");
  EXPECT_EQ(read(make_png({8, PNG_COLOR_TYPE_GRAY, true}, 6, rows)).pixels,
            read(make_png({8, PNG_COLOR_TYPE_GRAY}, 6, rows)).pixels);
}

TEST_F(ImageFileTest, ReadsNetpbmWithComments) {
  const Image grey = read("P5 # made by hand\n2\t#width\n# height:\n1 255 xy");
  EXPECT_EQ(grey.shape, (Shape{1, 1, 2}));
  EXPECT_THAT(grey.pixels, ElementsAre('x', 'y'));
}

TEST_F(ImageFileTest, NamesWhatIsWrong) {
  EXPECT_THAT(error(""), HasSubstr("image: is neither PNG nor binary PPM"));
  EXPECT_THAT(error("P3 1 1 255\n1 2 3"), HasSubstr("is neither PNG nor binary PPM"));
  EXPECT_THAT(error("P6"), HasSubstr("the width is missing"));
  EXPECT_THAT(error("P6 0 1 255\n"), HasSubstr("the width is 0, allowed are 1 to 8192"));
  EXPECT_THAT(error("P6 1 99999999999 255\n"), HasSubstr("the height is 9999"));
  EXPECT_THAT(error("P6 1 1 65535\nabcdef"), HasSubstr("allowed are 255 to 255"));
  EXPECT_THAT(error("P6 1 1 255"), HasSubstr("no white space"));
  EXPECT_THAT(error("P6 1 1 255\nab"), HasSubstr("has 2 bytes of pixels, 3 x 1 x 1 needs 3"));
  EXPECT_THAT(error("P6 1 1 255\nabcd"), HasSubstr("has 4 bytes of pixels"));
  EXPECT_THAT(input_error([&] { (void)read_image(folder_.path() / "none.png"); }),
              HasSubstr("none.png: cannot be read"));
  EXPECT_THAT(input_error([&] { (void)read_image(folder_.path()); }), HasSubstr("cannot be read"));
}

TEST_F(ImageFileTest, DamagedPngsAreErrorsOrImagesNeverCrashes) {
  const std::string whole = make_png({}, 4, {"abcdefghijkl", "mnopqrstuvwx"});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(error(whole.substr(0, length)), "") << length << " bytes";
  }
  std::mt19937 rng(1);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = whole;
    bytes[rng() % bytes.size()] = static_cast<char>(rng());
    (void)error(bytes);
  }
}

TEST_F(ImageFileTest, GreyStandsForColourButNotTheOtherWayRound) {
  const Image grey{{1, 1, 2}, {3, 4}};
  EXPECT_THAT(with_channels(grey, 3).pixels, ElementsAre(3, 4, 3, 4, 3, 4));
  EXPECT_EQ(with_channels(grey, 3).shape, (Shape{3, 1, 2}));
  EXPECT_EQ(with_channels(grey, 1).pixels, grey.pixels);
  EXPECT_THAT(input_error([] {
                (void)with_channels({{3, 1, 1}, {1, 2, 3}}, 1);
              }),
              HasSubstr("is a colour image"));
}

TEST_F(ImageFileTest, ResizingInterpolatesBetweenPixelCentres) {
  const Image image{{1, 1, 2}, {0, 100}};
  EXPECT_EQ(resize_image(image, 1, 2).pixels, image.pixels);
  EXPECT_THAT(resize_image(image, 1, 4).pixels, ElementsAre(0, 25, 75, 100));
  EXPECT_THAT(resize_image(image, 1, 1).pixels, ElementsAre(50));
  EXPECT_THAT(resize_image(image, 2, 2).pixels, ElementsAre(0, 100, 0, 100));
  const Image planes{{2, 2, 1}, {0, 100, 200, 0}};
  EXPECT_THAT(resize_image(planes, 1, 1).pixels, ElementsAre(50, 100));
}

TEST_F(ImageFileTest, KnowsItsFilesByName) {
  for (const char* name : {"a.png", "b.PNG", "c.ppm", "d.Pgm"}) EXPECT_TRUE(is_image_file(name));
  for (const char* name : {"a.jpg", "png", "b.png.txt", ""}) EXPECT_FALSE(is_image_file(name));
}

}  // namespace
}  // namespace brownout::models
