// SPDX-License-Identifier: Apache-2.0
// The families of the zoo (layer 2). Inputs have been checked.
#pragma once

#include <vector>

#include "models/zoo/zoo.h"

namespace brownout::models {

/// The family of He et al., "Deep residual learning for image recognition", CVPR 2016: a first
/// convolution, stages of residual blocks, global average, linear classifier. Stage i has
/// `blocks[i]` blocks, the first of stride `strides[i]`; a block that changes the shape has a 1 x 1
/// projection beside it.
struct ResidualShape {
  int stem = 16;  ///< channels of the first convolution
  std::vector<int> widths = {32, 64, 128};
  std::vector<int> blocks = {1, 1, 1};
  std::vector<int> strides = {2, 2, 2};
  /// Blocks of 1 x 1, 3 x 3 (with the stride) and 1 x 1 with four times the stage's width, instead
  /// of two 3 x 3.
  bool bottleneck = false;
  /// First convolution 7 x 7 with stride 2 and pooling behind it, instead of 3 x 3.
  bool imagenet = false;
};
[[nodiscard]] Architecture make_residual(const ZooChoice& choice, const ResidualShape& shape);

/// ResNet18 and ResNet50; for CIFAR in the form its users train, or as published for `imagenet`.
[[nodiscard]] Architecture make_resnet(const ZooChoice& choice, int depth, bool imagenet);

/// Simonyan and Zisserman, ICLR 2015, with batch norm. For CIFAR one linear layer follows;
/// `imagenet` has the published classifier of three.
[[nodiscard]] Architecture make_vgg(const ZooChoice& choice, int depth, bool imagenet);

/// The generators of Sun et al., "NeuralFuse", NeurIPS 2024, Tables 4 and 5; G of
/// F(x) = clip(x + G(x)). Large or small by channels.
[[nodiscard]] Architecture make_conv_generator(const ZooChoice& choice, bool large);
[[nodiscard]] Architecture make_deconv_generator(const ZooChoice& choice, bool large);
[[nodiscard]] Architecture make_unet_generator(const ZooChoice& choice, bool large);

}  // namespace brownout::models
