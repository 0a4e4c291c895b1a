// SPDX-License-Identifier: Apache-2.0
// Nearest-neighbour Resize and Upsample as ONNX defines them (layer 2).
#pragma once

#include <cstdint>
#include <vector>

#include "models/onnx/fold.h"

namespace brownout::models::onnx_import {

/// Most elements along an axis that is rearranged, before and after.
constexpr std::int64_t kLongestAxis = std::int64_t{1} << 20;

/// How long an axis is before and after, and the scale between them as given.
struct AxisResize {
  std::int64_t from = 0;
  std::int64_t to = 0;
  double scale = 1;
};

/// Of every axis of a tensor of extents `dims`, from scales or sizes, wherever the operator set has
/// them. Throws InputError.
[[nodiscard]] std::vector<AxisResize> read_resized_axes(const Folding& folding,
                                                        const Extents& dims);

/// Which element of each axis of a tensor of extents `dims` becomes each one of the result. Throws
/// InputError for other modes than nearest.
[[nodiscard]] std::vector<std::vector<int>> read_nearest(const Folding& folding,
                                                         const Extents& dims);

}  // namespace brownout::models::onnx_import
