// SPDX-License-Identifier: Apache-2.0
// A trained network before quantisation (layer 2): float weights, batch norm still apart. What the
// trainer hands to the quantiser; the plain evaluation below is the yardstick for both.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, one entry per channel.
struct BatchNorm {
  std::vector<float> gamma;
  std::vector<float> beta;
  std::vector<float> mean;
  std::vector<float> variance;
  double epsilon = 1e-5;
};

/// Convolution or linear layer (kernel as large as the input), then batch norm, then ReLU.
struct FloatConv {
  Window window;
  int outputs = 0;
  std::vector<float> weights;  ///< [out][in][kernel_h][kernel_w]
  std::vector<float> bias;     ///< [out]; empty means zero
  std::optional<BatchNorm> batch_norm;
  bool relu = false;
};

struct FloatAdd {
  bool relu = false;
};

struct FloatAveragePool {
  Window window;
};

/// Padding never wins.
struct FloatMaxPool {
  Window window;
};

struct FloatNode {
  std::string name;
  std::variant<FloatConv, FloatAdd, FloatAveragePool, FloatMaxPool> operation;
  std::vector<std::size_t> inputs;  ///< tensors: 0 is the image, i + 1 the output of node i
};

/// Nodes in topological order; the last one gives the logits.
struct FloatNetwork {
  std::string name;
  Shape input;
  Preprocessing preprocessing;
  std::vector<FloatNode> nodes;
};

/// Channel c of a conv's real output is gain * (W * x) + offset once bias and batch norm are
/// merged; without batch norm the gain is 1.
struct ChannelAffine {
  double gain = 1.0;
  double offset = 0.0;
};
[[nodiscard]] ChannelAffine channel_affine(const FloatConv& conv, std::size_t channel);

/// Shapes of all tensors, the image first. Throws InputError, naming the node, when sizes disagree.
[[nodiscard]] std::vector<Shape> tensor_shapes(const FloatNetwork& network);

/// Values of all tensors in HWC order for one preprocessed image, the image first.
[[nodiscard]] std::vector<std::vector<float>> evaluate(const FloatNetwork& network,
                                                       std::vector<float> image);

/// The same function with every batch norm multiplied into its weights and bias: what toolkits that
/// store folded networks would quantise instead.
[[nodiscard]] FloatNetwork fold_batch_norm(FloatNetwork network);

}  // namespace brownout::models
