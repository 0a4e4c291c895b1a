// SPDX-License-Identifier: Apache-2.0
// Training images in random order and random crops (layer 2). Free of libtorch and of state: all
// is a function of seed, epoch and image, so a resumed run sees what an unbroken one sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/data/dataset.h"
#include "models/graph.h"
#include "models/train/base_config.h"

namespace brownout::models {

/// Mean and deviation of each channel over the whole set. Means are rounded to whole bytes, so that
/// the input's zero point falls on one and quantising a single-channel image loses nothing.
[[nodiscard]] Preprocessing measure_preprocessing(const Dataset& dataset);

class BatchSource {
 public:
  BatchSource(const Dataset& dataset, const AugmentationConfig& augmentation, std::uint64_t seed);

  /// The images of `epoch`, each once.
  [[nodiscard]] std::vector<std::size_t> order(std::uint64_t epoch) const;

  /// Bytes of image `index` as cropped and mirrored in `epoch`, CHW.
  [[nodiscard]] std::vector<std::uint8_t> augmented(std::size_t index, std::uint64_t epoch) const;

 private:
  const Dataset& dataset_;
  AugmentationConfig augmentation_;
  std::uint64_t seed_;
};

}  // namespace brownout::models
