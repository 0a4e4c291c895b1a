// SPDX-License-Identifier: Apache-2.0
#include "fuse/clip_range.h"

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::fuse {

ClipRange clip_range(const models::Preprocessing& preprocessing) {
  const std::vector<double>& mean = preprocessing.mean;
  const std::vector<double>& deviation = preprocessing.deviation;
  if (mean.empty() || mean.size() != deviation.size()) {
    throw InputError("a normalisation without channels has no range to clip to");
  }
  ClipRange range{-mean[0] / deviation[0], (1 - mean[0]) / deviation[0]};
  for (std::size_t c = 1; c < mean.size(); ++c) {
    range.lowest = std::min(range.lowest, -mean[c] / deviation[c]);
    range.highest = std::max(range.highest, (1 - mean[c]) / deviation[c]);
  }
  return range;
}

}  // namespace brownout::fuse
