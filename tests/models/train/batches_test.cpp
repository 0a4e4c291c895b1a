// SPDX-License-Identifier: Apache-2.0
#include "models/train/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/data/input_encoder.h"
#include "tests/models/train/tiny_dataset.h"

namespace brownout::models {
namespace {

/// One image of two 2 x 3 channels.
Dataset numbered_image() {
  Dataset dataset;
  dataset.name = "numbers";
  dataset.shape = {2, 2, 3};
  dataset.pixels = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
  dataset.labels = {0};
  dataset.class_names = {"only"};
  return dataset;
}

TEST(BatchSource, EachEpochSeesEveryImageOnceInItsOwnOrder) {
  const Dataset dataset = testing::tiny_dataset(100, 1);
  const BatchSource source(dataset, {}, 5);
  const auto first = source.order(0);
  EXPECT_EQ(std::set<std::size_t>(first.begin(), first.end()).size(), 100U);
  EXPECT_EQ(*std::max_element(first.begin(), first.end()), 99U);
  EXPECT_EQ(first, source.order(0));
  EXPECT_NE(first, source.order(1));
  EXPECT_NE(first, BatchSource(dataset, {}, 6).order(0));
}

TEST(BatchSource, WithoutAugmentationImagesStayAsTheyAre) {
  const Dataset dataset = numbered_image();
  EXPECT_EQ(BatchSource(dataset, {0, false}, 1).augmented(0, 3), dataset.pixels);
}

TEST(BatchSource, MirrorsHalfOfTheTime) {
  const Dataset dataset = numbered_image();
  const std::vector<std::uint8_t> mirrored = {3, 2, 1, 6, 5, 4, 13, 12, 11, 16, 15, 14};
  const BatchSource source(dataset, {0, true}, 1);
  int count = 0;
  for (std::uint64_t epoch = 0; epoch < 1000; ++epoch) {
    const auto image = source.augmented(0, epoch);
    ASSERT_TRUE(image == dataset.pixels || image == mirrored);
    if (image == mirrored) ++count;
  }
  EXPECT_NEAR(count, 500, 80);  // five standard deviations
}

TEST(BatchSource, CropsShiftByEveryOffsetWithZerosAround) {
  const Dataset dataset = numbered_image();
  const BatchSource source(dataset, {1, false}, 1);
  std::set<std::vector<std::uint8_t>> seen;
  for (std::uint64_t epoch = 0; epoch < 300; ++epoch) seen.insert(source.augmented(0, epoch));
  EXPECT_EQ(seen.size(), 9U);
  EXPECT_EQ(seen.count(dataset.pixels), 1U);
  EXPECT_EQ(seen.count({0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 11, 12}), 1U);
  EXPECT_EQ(seen.count({5, 6, 0, 0, 0, 0, 15, 16, 0, 0, 0, 0}), 1U);
}

TEST(Preprocessing, HasMeanZeroToHalfAByteAndDeviationOne) {
  const Dataset dataset = testing::tiny_dataset(50, 2);
  const Preprocessing preprocessing = measure_preprocessing(dataset);
  const double mean_byte = preprocessing.mean[0] * 255.0;
  EXPECT_NEAR(mean_byte, std::round(mean_byte), 1e-9);
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    for (const float value : preprocess(dataset, i, preprocessing)) {
      sum += static_cast<double>(value);
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
  }
  const auto count = static_cast<double>(dataset.pixels.size());
  EXPECT_LE(std::fabs(sum / count), 0.5 / 255.0 / preprocessing.deviation[0] + 1e-9);
  EXPECT_NEAR(squares / count - (sum / count) * (sum / count), 1.0, 1e-6);
}

TEST(Preprocessing, PutsChannelsInnermost) {
  const auto values = preprocess(numbered_image(), 0, {{0, 0}, {1.0 / 255, 1.0 / 255}});
  EXPECT_NEAR(values[0], 1.0, 1e-5);
  EXPECT_NEAR(values[1], 11.0, 1e-5);
  EXPECT_NEAR(values[2], 2.0, 1e-5);
  EXPECT_NEAR(values[11], 16.0, 1e-5);
}

}  // namespace
}  // namespace brownout::models
