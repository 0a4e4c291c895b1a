// SPDX-License-Identifier: Apache-2.0
// Networks of the inference benchmark, with random weights: the speed does not depend on them.
#pragma once

#include "models/graph.h"

namespace brownout::bench {

/// The shipped Fashion-MNIST network: 1x32x32, three residual blocks to 128 channels, 0.3 M
/// weights.
[[nodiscard]] models::Graph fashion_resnet();

/// ResNet-20 of He et al. for 3x32x32 images, with 1x1 convolutions as projections.
[[nodiscard]] models::Graph cifar_resnet20();

}  // namespace brownout::bench
