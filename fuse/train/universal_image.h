// SPDX-License-Identifier: Apache-2.0
// The paper's baseline, one image added to all inputs, as a generator that gives it whatever it
// reads (layer 4). Free of libtorch.
#pragma once

#include <vector>

#include "models/quantizer/float_network.h"

namespace brownout::fuse {

/// Three layers: the input's average, a convolution with weights 0 and bias 1, and one whose
/// filters are the planes of `image` (CHW, of shape `shape`), slid over that one pixel. Name and
/// preprocessing empty.
[[nodiscard]] models::FloatNetwork universal_generator(const std::vector<float>& image,
                                                       const models::Shape& shape);

}  // namespace brownout::fuse
