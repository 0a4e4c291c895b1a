// SPDX-License-Identifier: Apache-2.0
// Activation ranges (layer 2): which real interval each tensor's 256 codes shall cover.
#pragma once

#include <cstddef>
#include <vector>

#include "models/quantizer/float_evaluate.h"
#include "models/quantizer/histogram.h"

namespace brownout::models {

/// Affine 8-bit coding: real = scale * (code - zero_point). The scale is exact in float32, because
/// that is what ONNX stores.
struct ActivationCoding {
  double scale = 1.0;
  int zero_point = 0;
};
[[nodiscard]] ActivationCoding activation_coding(const Range& range);

/// The interval all images fall into: what the bytes 0 and 255 become, over all channels.
[[nodiscard]] Range image_range(const Preprocessing& preprocessing);

/// How a tensor's range follows from its values on the calibration images.
struct RangeChoice {
  enum class Method {
    kMinMax,      ///< all of them
    kPercentile,  ///< each image's extremes at a percentile of its own values; covers every image's
    kMse,         ///< least squared error of values coded and decoded again
  };
  Method method = Method::kPercentile;
  double percentile = 99.99;  ///< in (50, 100]
  /// Ranges of all tensors but the image are widened by this factor: codes are coarser, and what
  /// faulty weights make of an activation is cut off later.
  double headroom = 1.0;
};

/// Collects one network's ranges image by image.
class Calibrator {
 public:
  /// `network` must outlive the calibrator. Throws InputError for another percentile.
  Calibrator(const FloatNetwork& network, const RangeChoice& choice);

  /// `image`: preprocessed, HWC. Throws InputError naming the node that gives infinity or what is
  /// not a number.
  void add(std::vector<float> image);

  /// One range per tensor, the image first. Throws InputError before the first image.
  [[nodiscard]] std::vector<Range> ranges() const;

 private:
  const FloatNetwork& network_;
  FloatEvaluator evaluator_;
  RangeChoice choice_;
  std::size_t images_ = 0;
  std::vector<Range> ranges_;
  std::vector<Histogram> histograms_;  ///< of every tensor but the image; for kMse
};

}  // namespace brownout::models
