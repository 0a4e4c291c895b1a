// SPDX-License-Identifier: Apache-2.0
// Two classes of 8 x 8 images that a tiny network learns in seconds: a bright blob in the upper or
// the lower half, in noise.
#pragma once

#include <cstddef>
#include <random>

#include "models/data/dataset.h"
#include "models/train/base_config.h"

namespace brownout::models::testing {

inline Dataset tiny_dataset(std::size_t count, unsigned seed) {
  std::mt19937 rng(seed);
  std::uniform_int_distribution<int> noise(0, 120);
  std::uniform_int_distribution<int> column(1, 5);
  Dataset dataset;
  dataset.name = "tiny";
  dataset.shape = {1, 8, 8};
  dataset.class_names = {"upper", "lower"};
  for (std::size_t i = 0; i < count; ++i) {
    const int label = static_cast<int>(i % 2);
    const int left = column(rng);
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 8; ++x) {
        const bool blob = y / 4 == label && y % 4 >= 1 && y % 4 <= 2 && x >= left && x < left + 2;
        dataset.pixels.push_back(static_cast<std::uint8_t>(noise(rng) + (blob ? 130 : 0)));
      }
    }
    dataset.labels.push_back(label);
  }
  return dataset;
}

inline TrainBaseConfig tiny_config(const std::filesystem::path& checkpoint) {
  TrainBaseConfig config;
  config.name = "tiny";
  config.checkpoint = checkpoint;
  config.threads = 1;
  config.network.residual = {4, {6, 8}, {2, 1}, {1, 2}};  // a projected and an identity shortcut
  config.optimization.epochs = 4;
  config.optimization.batch = 16;
  config.optimization.learning_rate = 0.1;
  config.augmentation = {1, true};
  return config;
}

}  // namespace brownout::models::testing
