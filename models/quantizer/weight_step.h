// SPDX-License-Identifier: Apache-2.0
// The size of a weight code's step (layer 2): which weights it lets saturate.
#pragma once

#include <cstddef>

namespace brownout::models {

/// How a step follows from the weights that share it.
struct WeightSpan {
  enum class Method {
    kMax,         ///< the largest |weight| gets the largest code: nothing saturates
    kPercentile,  ///< |weights| above a percentile of them saturate
    kMse,         ///< least sum of squared errors of coding and decoding again
  };
  Method method = Method::kMax;
  double percentile = 99.9;  ///< of |weight|, in (50, 100]; for kPercentile
};

/// Some weights, in memory one after the other.
struct WeightView {
  const float* data = nullptr;
  std::size_t size = 0;
};

/// Real value of one step of codes -levels .. levels, exact in float32; 0 where all weights are 0.
/// That of kMse errs at most as much as that of kMax (it is one of those compared).
[[nodiscard]] double weight_step(const WeightView& weights, int levels, const WeightSpan& span);

/// Sum of squared differences of weights and what clamp(round(weight / step)) stands for.
[[nodiscard]] double coding_error(const WeightView& weights, int levels, double step);

}  // namespace brownout::models
