// SPDX-License-Identifier: Apache-2.0
// Nearest-neighbour Resize and Upsample as ONNX defines them (layer 2).
#pragma once

#include <vector>

#include "models/onnx/folding/fold.h"

namespace brownout::models::onnx_import {

/// Which element of each axis of a tensor of extents `dims` becomes each one of the result. Throws
/// InputError for other modes than nearest.
[[nodiscard]] std::vector<std::vector<int>> read_nearest(const Folding& folding,
                                                         const Extents& dims);

}  // namespace brownout::models::onnx_import
