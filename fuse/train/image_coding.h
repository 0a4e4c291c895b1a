// SPDX-License-Identifier: Apache-2.0
// How image bytes, a base network's image codes and a generator's x follow from each other
// (layer 4): what fuse::join computes in integers, for training. Free of libtorch.
//
// code = byte * factor + offset, by channel, as the base network's preprocessing and scale say;
// x = (code - 128) / 127.5, so that codes are [-1, 1] up to half a step.
#pragma once

#include <vector>

#include "models/graph.h"

namespace brownout::fuse {

constexpr double kMiddleCode = 128;
constexpr double kCodesPerUnit = 127.5;

struct ImageCoding {
  std::vector<double> factor;  ///< one a channel
  std::vector<double> offset;
  double lowest = 0;  ///< codes of the ends of clip_range()
  double highest = 255;
  models::Preprocessing preprocessing;  ///< from bytes to x
};

/// Of images in front of `base`. Throws InputError when it has no preprocessing.
[[nodiscard]] ImageCoding image_coding(const models::Graph& base);

}  // namespace brownout::fuse
