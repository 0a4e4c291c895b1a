// SPDX-License-Identifier: Apache-2.0
// A float network computed image by image (layer 2), by oneDNN's matrix product.
#pragma once

#include <cstddef>
#include <vector>

#include "models/quantizer/float_network.h"

namespace brownout::models {

/// What does not depend on the image, prepared once; `values` is const and may run on several
/// threads.
class FloatEvaluator {
 public:
  /// `network` must outlive the evaluator. Throws InputError, naming the node, when sizes disagree.
  explicit FloatEvaluator(const FloatNetwork& network);

  /// Values of all tensors in HWC order, the preprocessed image (HWC) first. Throws InputError when
  /// it does not have the network's size.
  [[nodiscard]] std::vector<std::vector<float>> values(std::vector<float> image) const;
  [[nodiscard]] const std::vector<Shape>& shapes() const { return shapes_; }

 private:
  /// A convolution's weights in the order the image's columns have, [out][tap][in / groups], and
  /// what follows the sums.
  struct Packed {
    std::vector<float> weights;
    std::vector<ChannelAffine> affine;
  };

  [[nodiscard]] std::vector<float> convolved(std::size_t node, const std::vector<float>& in) const;

  [[nodiscard]] std::vector<float> concatenated(
      const FloatNode& node, const std::vector<std::vector<float>>& values) const;

  const FloatNetwork& network_;
  std::vector<Shape> shapes_;   ///< of all tensors
  std::vector<Packed> packed_;  ///< of every node; empty but for convolutions
};

}  // namespace brownout::models
