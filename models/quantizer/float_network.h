// SPDX-License-Identifier: Apache-2.0
// A trained network before quantisation (layer 2): float weights, batch norm still apart. What
// trainer and ONNX importer hand to the quantiser; evaluate() is the yardstick for all of them.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
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

/// Convolution or linear layer (kernel as large as the input), then batch norm, then ReLU. A
/// transposed convolution is one over a spread input (transposed_conv.h).
struct FloatConv {
  Window window;
  int outputs = 0;
  std::vector<float> weights;  ///< [out][in / groups][kernel_h][kernel_w]
  std::vector<float> bias;     ///< [out]; empty means zero
  std::optional<BatchNorm> batch_norm;
  bool relu = false;
  double ceiling = std::numeric_limits<double>::infinity();  ///< of the ReLU
  int groups = 1;
};

struct FloatAdd {
  bool relu = false;
  double ceiling = std::numeric_limits<double>::infinity();  ///< of the ReLU
};

/// Padding counts as zero and in the divisor.
struct FloatAveragePool {
  Window window;
};

/// Padding never wins.
struct FloatMaxPool {
  Window window;
};

/// Channels of the inputs one after another.
struct FloatConcat {};

/// HWC to a vector in CHW order.
struct FloatFlatten {};

/// A function of one number, the same for all elements; its name is for messages.
struct FloatFunction {
  std::string name;
  std::function<double(double)> function;
};

using FloatOperation = std::variant<FloatConv, FloatAdd, FloatAveragePool, FloatMaxPool,
                                    FloatConcat, FloatFlatten, FloatFunction, Rearrange>;

struct FloatNode {
  std::string name;
  FloatOperation operation;
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

/// Shape of what `node` gives for inputs of these shapes. Throws InputError, naming the node.
[[nodiscard]] Shape output_shape(const FloatNode& node, const std::vector<Shape>& inputs);
/// Shapes of all tensors, the image first. Throws InputError, naming the node, when sizes disagree.
[[nodiscard]] std::vector<Shape> tensor_shapes(const FloatNetwork& network);

/// Values of all tensors in HWC order for one preprocessed image, the image first.
[[nodiscard]] std::vector<std::vector<float>> evaluate(const FloatNetwork& network,
                                                       std::vector<float> image);

/// The same function with every batch norm multiplied into its weights and bias: what toolkits that
/// store folded networks would quantise instead.
[[nodiscard]] FloatNetwork fold_batch_norm(FloatNetwork network);

/// The network without what leads nowhere or moves nothing, and with rearrangements that follow
/// each other, and are read by nobody else, taken together; zero padding in front of a convolution
/// or average pooling becomes its own.
[[nodiscard]] FloatNetwork simplified(FloatNetwork network);

}  // namespace brownout::models
