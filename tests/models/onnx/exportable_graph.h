// SPDX-License-Identifier: Apache-2.0
// Random networks whose fixed-point numbers follow from float32 scales, as ONNX can express them.
#pragma once

#include <cstdint>

#include "models/graph.h"
#include "tests/support/random_graph.h"

namespace brownout::models {

/// A random network with random float32 scales and the requantisers they give. Tables are those
/// of functions ONNX has. Dilated average poolings and strides over a spread input, which it lacks,
/// do not occur.
[[nodiscard]] Graph exportable_graph(std::uint64_t seed,
                                     test_support::RandomGraphLimits limits = {});

}  // namespace brownout::models
