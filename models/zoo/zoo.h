// SPDX-License-Identifier: Apache-2.0
// Published networks by name (layer 2).
#pragma once

#include <string>
#include <vector>

#include "models/zoo/architecture.h"

namespace brownout::models {

/// Which network of the zoo, for which input.
struct ZooChoice {
  std::string name;
  Shape input{3, 32, 32};
  int classes = 10;  ///< of the classifiers; generators give an image of the input's shape
};

/// resnet18, resnet50, vgg11, vgg16 and vgg19 in the form used for CIFAR, the same with _imagenet
/// in that for 224 x 224 images, and the NeuralFuse generators conv_l, conv_s, deconv_l, deconv_s,
/// unet_l and unet_s.
[[nodiscard]] const std::vector<std::string>& zoo_names();
/// Those that give one number a class.
[[nodiscard]] const std::vector<std::string>& zoo_classifier_names();

/// Throws InputError for an unknown name (naming the nearest) and for an input the network cannot
/// take.
[[nodiscard]] Architecture make_architecture(const ZooChoice& choice);

}  // namespace brownout::models
