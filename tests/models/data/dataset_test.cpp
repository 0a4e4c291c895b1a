// SPDX-License-Identifier: Apache-2.0
#include "models/data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "sim/config/document.h"
#include "tests/models/data/temporary_folder.h"

namespace brownout::models {
namespace {

using testing::HasSubstr;

Dataset small_dataset() {
  Dataset dataset;
  dataset.name = "small";
  dataset.shape = {2, 1, 2};
  dataset.pixels = {1, 2, 3, 4, 5, 6, 7, 8};
  dataset.labels = {0, 1};
  dataset.class_names = {"a", "b"};
  return dataset;
}

DatasetConfig read(const TemporaryFolder& folder, const std::string& yaml) {
  config::Document document = config::Document::load(folder.write("config.yaml", yaml));
  DatasetConfig config = read_dataset_config(document.root());
  document.finish();
  return config;
}

class FashionFolder {
 public:
  FashionFolder(unsigned images, unsigned labels) {
    write("t10k-images-idx3-ubyte.gz", big_endian(0x803) + big_endian(images) + big_endian(2) +
                                           big_endian(2) + std::string(images * 4UL, '\x07'));
    write("t10k-labels-idx1-ubyte.gz",
          big_endian(0x801) + big_endian(labels) + std::string(labels, '\x09'));
    config.folder = folder_.path();
  }
  DatasetConfig config;

 private:
  void write(const std::string& name, const std::string& bytes) {
    (void)folder_.write_gzip(name, bytes);
  }
  TemporaryFolder folder_;
};

TEST(DatasetTest, PadsCentrallyWithZeros) {
  const Dataset padded = pad_images(small_dataset(), 4);
  EXPECT_EQ(padded.shape, (Shape{2, 4, 4}));
  EXPECT_EQ(padded.size(), 2U);
  const std::uint8_t* second = padded.image(1);
  const std::vector<int> plane(second + 16, second + 32);
  EXPECT_THAT(plane, testing::ElementsAre(0, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_EQ(std::accumulate(padded.pixels.begin(), padded.pixels.end(), 0), 36);
}

TEST(DatasetTest, RefusesToCrop) {
  EXPECT_THAT(input_error([] { (void)pad_images(small_dataset(), 1); }),
              HasSubstr("pad_to is 1, allowed are 2 to 224"));
}

TEST(DatasetTest, SelectsTheFirstImages) {
  const Dataset one = first_images(small_dataset(), 1);
  EXPECT_THAT(one.pixels, testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(one.labels, testing::ElementsAre(0));
  EXPECT_EQ(one.class_names.size(), 2U);
  EXPECT_EQ(first_images(small_dataset(), 100).size(), 2U);
  EXPECT_THAT(input_error([&] { (void)one.image(1); }), HasSubstr("image 1, allowed are 0 to 0"));
}

TEST(DatasetTest, LoadsFashionMnistFromAFolder) {
  FashionFolder fashion(3, 3);
  fashion.config.pad_to = 4;
  const Dataset dataset = load_dataset(fashion.config);
  EXPECT_EQ(dataset.shape, (Shape{1, 4, 4}));
  EXPECT_THAT(dataset.labels, testing::ElementsAre(9, 9, 9));
  EXPECT_EQ(dataset.image(2)[5], 7);
  EXPECT_EQ(dataset.class_names.at(9), "Ankle boot");
}

TEST(DatasetTest, NamesDifferentCounts) {
  const FashionFolder fashion(3, 2);
  EXPECT_THAT(input_error([&] { (void)load_dataset(fashion.config); }),
              testing::AllOf(HasSubstr("has 2 labels"), HasSubstr("has 3 images")));
}

TEST(DatasetTest, SaysWhereMissingFilesComeFrom) {
  const TemporaryFolder folder;
  DatasetConfig config;
  config.folder = folder.path();
  EXPECT_THAT(input_error([&] { (void)load_dataset(config); }),
              HasSubstr("install Debian's package dataset-fashion-mnist"));
  config.kind = DatasetConfig::Kind::kCifar10;
  EXPECT_THAT(input_error([&] { (void)load_dataset(config); }), HasSubstr("cifar-10-batches-bin"));
}

TEST(DatasetTest, LoadsAllCifarTrainingBatches) {
  const TemporaryFolder folder;
  for (int batch = 1; batch <= 5; ++batch) {
    (void)folder.write("data_batch_" + std::to_string(batch) + ".bin",
                       static_cast<char>(batch) + std::string(3072, 'x'));
  }
  DatasetConfig config;
  config.kind = DatasetConfig::Kind::kCifar10;
  config.split = DatasetConfig::Split::kTrain;
  config.folder = folder.path();
  const Dataset dataset = load_dataset(config);
  EXPECT_EQ(dataset.shape, (Shape{3, 32, 32}));
  EXPECT_THAT(dataset.labels, testing::ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(dataset.class_names.at(1), "automobile");
}

TEST(DatasetTest, LoadsCifar100WithItsFineClasses) {
  const TemporaryFolder folder;
  DatasetConfig config;
  config.kind = DatasetConfig::Kind::kCifar100;
  config.folder = folder.path();
  EXPECT_THAT(input_error([&] { (void)load_dataset(config); }),
              testing::AllOf(HasSubstr("test.bin: no such file"), HasSubstr("cifar-100-binary")));
  (void)folder.write("test.bin", std::string("\x0b") + '\x62' + std::string(3072, 'x'));
  EXPECT_THAT(input_error([&] { (void)load_dataset(config); }),
              HasSubstr("fine_label_names.txt: no such file"));
  std::string names;
  for (int i = 0; i < 99; ++i) names += "class" + std::to_string(i) + "\n";
  (void)folder.write("fine_label_names.txt", names);
  EXPECT_THAT(input_error([&] { (void)load_dataset(config); }),
              HasSubstr("fine_label_names.txt: has 99 class names, needs 100"));
  (void)folder.write("fine_label_names.txt", names + "last\n\n");
  const Dataset dataset = load_dataset(config);
  EXPECT_THAT(dataset.labels, testing::ElementsAre(98));
  EXPECT_EQ(dataset.class_names.at(98), "class98");
  EXPECT_EQ(dataset.shape, (Shape{3, 32, 32}));
}

TEST(DatasetTest, LoadsTrafficSigns) {
  const TemporaryFolder folder;
  DatasetConfig config;
  config.kind = DatasetConfig::Kind::kGtsrb;
  config.folder = folder.path();
  (void)folder.write("test_32x32.bin", '\x0e' + std::string(3072, 'x'));
  const Dataset dataset = load_dataset(config);
  EXPECT_EQ(dataset.class_names.size(), 43U);
  EXPECT_EQ(dataset.class_names.at(static_cast<std::size_t>(dataset.labels.at(0))), "stop");
  config.split = DatasetConfig::Split::kTrain;
  EXPECT_THAT(input_error([&] { (void)load_dataset(config); }),
              HasSubstr("train_32x32.bin: no such file"));
  (void)folder.write("train_32x32.bin", '\x2b' + std::string(3072, 'x'));
  EXPECT_THAT(input_error([&] { (void)load_dataset(config); }),
              HasSubstr("label 0 is 43, allowed are 0 to 42"));
}

TEST(DatasetTest, ReadsItsConfig) {
  const TemporaryFolder folder;
  const DatasetConfig cifar =
      read(folder, "kind: cifar10\nfolder: batches\nsplit: train\npad_to: 40\n");
  EXPECT_EQ(cifar.kind, DatasetConfig::Kind::kCifar10);
  EXPECT_EQ(cifar.split, DatasetConfig::Split::kTrain);
  EXPECT_EQ(cifar.folder, folder.path() / "batches");
  EXPECT_EQ(cifar.pad_to, 40);

  const DatasetConfig images =
      read(folder, "kind: folder\nfolder: photos\nsplit: train\nchannels: 1\nresize_to: 64\n");
  EXPECT_EQ(images.kind, DatasetConfig::Kind::kFolder);
  EXPECT_EQ(images.channels, 1);
  EXPECT_EQ(images.resize_to, 64);
  EXPECT_THAT(input_error([&] { (void)read(folder, "kind: gtsrb\nfolder: x\nresize_to: 64\n"); }),
              HasSubstr("resize_to"));

  const DatasetConfig fashion = read(folder, "kind: fashion_mnist\n");
  EXPECT_EQ(fashion.split, DatasetConfig::Split::kTest);
  EXPECT_EQ(fashion.folder, "/usr/share/datasets/fashion-mnist");
  EXPECT_EQ(fashion.pad_to, 0);
}

TEST(DatasetTest, CifarNeedsAFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(input_error([&] { (void)read(folder, "kind: cifar10\n"); }), HasSubstr("folder"));
}

TEST(DatasetTest, ReadsThePackagedFashionMnist) {
  DatasetConfig config;
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    GTEST_SKIP() << "package dataset-fashion-mnist is not installed";
  }
  config.pad_to = 32;
  const Dataset dataset = load_dataset(config);
  EXPECT_EQ(dataset.shape, (Shape{1, 32, 32}));
  std::map<int, int> histogram;
  for (const int label : dataset.labels) ++histogram[label];
  ASSERT_EQ(histogram.size(), 10U);
  for (const auto& [label, count] : histogram) EXPECT_EQ(count, 1000) << label;
}

}  // namespace
}  // namespace brownout::models
