// SPDX-License-Identifier: Apache-2.0
// Generators for tests: small networks that give an image of their input's extent.
#pragma once

#include <cstdint>

#include "models/graph.h"

namespace brownout::test_support {

/// Convolutions, pooling and upsampling with a skip where the extent is even, at the end a tanh or
/// not; scales, zero points and weights of the seed. Reads and gives images of `image`'s extent.
[[nodiscard]] models::Graph random_generator(std::uint64_t seed, const models::Tensor& image);

/// One layer of zero weights: G(x) = 0. Codes of the image's own scale.
[[nodiscard]] models::Graph zero_generator(const models::Tensor& image);

}  // namespace brownout::test_support
