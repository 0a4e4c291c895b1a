// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/image_coding.h"

#include <algorithm>
#include <cmath>

#include "fuse/clip_range.h"

namespace brownout::fuse {

ImageCoding image_coding(const models::Graph& base) {
  const models::Tensor& input = base.tensor(base.input);
  const double step = input.scale.front();
  const ClipRange clip = clip_range(base.preprocessing);
  const auto code_of = [&](double real) {
    return std::clamp(std::nearbyint(real / step) + input.zero_point, 0.0, 255.0);
  };
  ImageCoding coding;
  coding.lowest = code_of(clip.lowest);
  coding.highest = code_of(clip.highest);
  for (std::size_t c = 0; c < base.preprocessing.mean.size(); ++c) {
    const double mean = base.preprocessing.mean[c];
    const double deviation = base.preprocessing.deviation[c];
    coding.factor.push_back(1 / (255 * deviation * step));
    coding.offset.push_back(input.zero_point - mean / (deviation * step));
    coding.preprocessing.mean.push_back(mean + (kMiddleCode - input.zero_point) * deviation * step);
    coding.preprocessing.deviation.push_back(kCodesPerUnit * deviation * step);
  }
  return coding;
}

}  // namespace brownout::fuse
