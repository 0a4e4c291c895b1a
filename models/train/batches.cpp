// SPDX-License-Identifier: Apache-2.0
#include "models/train/batches.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sim/core/philox.h"

namespace brownout::models {
namespace {

constexpr double kLargestByte = 255.0;

/// Third counter word: what a random number is for.
enum Purpose : std::uint32_t { kOrder = 0, kAugmentation = 1 };

std::array<std::uint32_t, 4> draw(std::uint64_t seed, std::size_t index, std::uint64_t epoch,
                                  Purpose purpose) {
  return philox(seed, {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(epoch),
                       static_cast<std::uint32_t>(purpose), 0});
}

}  // namespace

Preprocessing measure_preprocessing(const Dataset& dataset) {
  const auto channels = static_cast<std::size_t>(dataset.shape.channels);
  const std::size_t plane = dataset.shape.elements() / channels;
  std::vector<std::uint64_t> sum(channels, 0);
  std::vector<std::uint64_t> squares(channels, 0);
  for (std::size_t i = 0; i < dataset.pixels.size(); ++i) {
    const std::uint64_t value = dataset.pixels[i];
    sum[i / plane % channels] += value;
    squares[i / plane % channels] += value * value;
  }
  Preprocessing result;
  const auto count = static_cast<double>(dataset.size() * plane);
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = static_cast<double>(sum[c]) / count;
    const double variance = static_cast<double>(squares[c]) / count - mean * mean;
    result.mean.push_back(std::round(mean) / kLargestByte);
    result.deviation.push_back(std::max(std::sqrt(variance), 1.0) / kLargestByte);
  }
  return result;
}

BatchSource::BatchSource(const Dataset& dataset, const AugmentationConfig& augmentation,
                         std::uint64_t seed)
    : dataset_(dataset), augmentation_(augmentation), seed_(seed) {}

std::vector<std::size_t> BatchSource::order(std::uint64_t epoch) const {
  std::vector<std::uint64_t> keys(dataset_.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto words = draw(seed_, i, epoch, kOrder);
    keys[i] = (static_cast<std::uint64_t>(words[0]) << 32U) | words[1];
  }
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  return order;
}

std::vector<std::uint8_t> BatchSource::augmented(std::size_t index, std::uint64_t epoch) const {
  const auto words = draw(seed_, index, epoch, kAugmentation);
  const auto positions = static_cast<std::uint32_t>(2 * augmentation_.crop_padding + 1);
  const int shift_y = static_cast<int>(words[0] % positions) - augmentation_.crop_padding;
  const int shift_x = static_cast<int>(words[1] % positions) - augmentation_.crop_padding;
  const bool mirrored = augmentation_.flip && (words[2] & 1U) != 0;

  const Shape& shape = dataset_.shape;
  const std::uint8_t* source = dataset_.image(index);
  std::vector<std::uint8_t> result(shape.elements(), 0);
  auto target = result.begin();
  for (int row = 0; row < shape.channels * shape.height; ++row) {
    const int y = row % shape.height + shift_y;
    const int source_row = row / shape.height * shape.height + y;
    for (int column = 0; column < shape.width; ++column, ++target) {
      const int x = (mirrored ? shape.width - 1 - column : column) + shift_x;
      if (y < 0 || y >= shape.height || x < 0 || x >= shape.width) continue;
      *target = source[source_row * shape.width + x];
    }
  }
  return result;
}

}  // namespace brownout::models
