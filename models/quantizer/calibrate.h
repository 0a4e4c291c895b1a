// SPDX-License-Identifier: Apache-2.0
// Activation ranges (layer 2): which real interval each tensor's 256 codes shall cover.
#pragma once

#include <cstddef>
#include <vector>

#include "models/quantizer/float_network.h"

namespace brownout::models {

/// Real interval of a tensor; always holds 0, since padding and ReLU need an exact zero.
struct Range {
  double lowest = 0.0;
  double highest = 0.0;
};

/// Affine 8-bit coding: real = scale * (code - zero_point). The scale is exact in float32, because
/// that is what ONNX stores.
struct ActivationCoding {
  double scale = 1.0;
  int zero_point = 0;
};
[[nodiscard]] ActivationCoding activation_coding(const Range& range);

/// The interval all images fall into: what the bytes 0 and 255 become, over all channels.
[[nodiscard]] Range image_range(const Preprocessing& preprocessing);

/// Collects one network's ranges image by image.
class Calibrator {
 public:
  /// `percentile` in (50, 100]: each image's extremes are taken at this percentile of its own
  /// values (100: minimum and maximum); the range covers every image's. Throws InputError.
  Calibrator(const FloatNetwork& network, double percentile);

  /// `image`: preprocessed, HWC.
  void add(std::vector<float> image);

  /// One range per tensor, the image first. Throws InputError before the first image.
  [[nodiscard]] std::vector<Range> ranges() const;

 private:
  const FloatNetwork& network_;
  double tail_;  ///< share of the values cut off at either end
  std::size_t images_ = 0;
  std::vector<Range> ranges_;
};

}  // namespace brownout::models
