// SPDX-License-Identifier: Apache-2.0
// The families of the zoo (layer 2). Inputs have been checked.
#pragma once

#include "models/zoo/untrained.h"

namespace brownout::models {

/// He et al., CVPR 2016, as its users train it on CIFAR: a first 3 x 3 convolution of stride 1, no
/// pooling behind it, 1 x 1 projections where a block changes shape. `imagenet` has 7 x 7 and
/// pooling.
[[nodiscard]] UntrainedNetwork make_resnet(const ZooChoice& choice, int depth, bool imagenet);

/// Simonyan and Zisserman, ICLR 2015, with batch norm. For CIFAR one linear layer follows;
/// `imagenet` has the published classifier of three.
[[nodiscard]] UntrainedNetwork make_vgg(const ZooChoice& choice, int depth, bool imagenet);

/// The generators of Sun et al., "NeuralFuse", NeurIPS 2024, Tables 4 and 5; G of
/// F(x) = clip(x + G(x)). Large or small by channels.
[[nodiscard]] UntrainedNetwork make_conv_generator(const ZooChoice& choice, bool large);
[[nodiscard]] UntrainedNetwork make_deconv_generator(const ZooChoice& choice, bool large);
[[nodiscard]] UntrainedNetwork make_unet_generator(const ZooChoice& choice, bool large);

}  // namespace brownout::models
