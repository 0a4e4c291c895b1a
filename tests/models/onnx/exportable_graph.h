// SPDX-License-Identifier: Apache-2.0
// Random networks whose fixed-point numbers follow from float32 scales, as ONNX can express them.
#pragma once

#include <cstdint>

#include "models/graph.h"

namespace brownout::models {

/// A random network with random float32 scales and the requantisers they give. Dilated average
/// poolings, which ONNX lacks, do not occur.
[[nodiscard]] Graph exportable_graph(std::uint64_t seed);

}  // namespace brownout::models
