// SPDX-License-Identifier: Apache-2.0
#include "models/data/image_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/data/png_maker.h"
#include "tests/models/data/temporary_folder.h"

namespace brownout::models {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ImageFolderTest : public testing::Test {
 protected:
  ImageFolderTest() {
    for (const char* name : {"train/cat", "train/dog", "test/cat", "test/dog"}) {
      std::filesystem::create_directories(folder_.path() / name);
    }
    put("train/dog/2.png", make_png({}, 2, {"ABCDEF"}));
    put("train/dog/1.ppm", "P6 2 1 255\nabcdef");
    put("train/cat/x.pgm", "P5 2 1 255\nuv");
    put("test/cat/x.pgm", "P5 2 1 255\nuv");
    put("test/dog/x.pgm", "P5 2 1 255\nuv");
    put("train/.hidden", "");
    config_.kind = DatasetConfig::Kind::kFolder;
    config_.folder = folder_.path();
    config_.split = DatasetConfig::Split::kTrain;
  }

  void put(const std::string& name, const std::string& bytes) { (void)folder_.write(name, bytes); }
  std::string error() {
    return input_error([&] { (void)load_dataset(config_); });
  }

  TemporaryFolder folder_;
  DatasetConfig config_;
};

TEST_F(ImageFolderTest, ClassesAndImagesComeInTheOrderOfTheirNames) {
  const Dataset dataset = load_dataset(config_);
  EXPECT_EQ(dataset.shape, (Shape{3, 1, 2}));
  EXPECT_THAT(dataset.class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(dataset.labels, ElementsAre(0, 1, 1));
  const std::string pixels(dataset.pixels.begin(), dataset.pixels.end());
  EXPECT_EQ(pixels, "uvuvuvadbecfADBECF");
}

TEST_F(ImageFolderTest, TheOtherSplitAloneWillDo) {
  std::filesystem::remove_all(folder_.path() / "train");
  EXPECT_THAT(error(), AllOf(HasSubstr("train: no such folder"), HasSubstr("train/CLASS/*.png")));
  config_.split = DatasetConfig::Split::kTest;
  config_.channels = 1;
  EXPECT_EQ(load_dataset(config_).shape, (Shape{1, 1, 2}));
}

TEST_F(ImageFolderTest, ResizesAndPads) {
  put("train/cat/y.pgm", "P5 1 3 255\nabc");
  EXPECT_THAT(error(), AllOf(HasSubstr("cat/y.pgm: is 3 x 1, the images before it are 1 x 2"),
                             HasSubstr("resize_to")));
  config_.resize_to = 4;
  config_.pad_to = 6;
  EXPECT_EQ(load_dataset(config_).shape, (Shape{3, 6, 6}));
}

TEST_F(ImageFolderTest, NamesWhatDoesNotBelong) {
  put("train/cat/notes.txt", "");
  EXPECT_THAT(error(), HasSubstr("cat/notes.txt: is no image, allowed are .png, .ppm and .pgm"));
  put("train/cat/a.png", "junk");
  EXPECT_THAT(error(), HasSubstr("cat/a.png: is neither PNG nor"));
  put("train/readme", "");
  EXPECT_THAT(error(), HasSubstr("train/readme: is no folder"));
}

TEST_F(ImageFolderTest, ColourIsNotTurnedGrey) {
  config_.channels = 1;
  EXPECT_THAT(error(), HasSubstr("dog/1.ppm: is a colour image"));
}

TEST_F(ImageFolderTest, BothSplitsHaveTheSameClasses) {
  std::filesystem::create_directories(folder_.path() / "test/eel");
  EXPECT_THAT(error(), HasSubstr("train: has no class 'eel'"));
  std::filesystem::create_directories(folder_.path() / "train/eel");
  EXPECT_THAT(error(), HasSubstr("train/eel: has no images"));
  std::filesystem::create_directories(folder_.path() / "train/ant");
  EXPECT_THAT(error(), HasSubstr("test: has no class 'ant'"));
}

}  // namespace
}  // namespace brownout::models
