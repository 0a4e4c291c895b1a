// SPDX-License-Identifier: Apache-2.0
// The network that learns (layer 2): an Architecture as a libtorch module, and its way out as a
// FloatNetwork.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "models/quantizer/float_network.h"
#include "models/quantizer/quantize.h"
#include "models/zoo/architecture.h"

namespace brownout::models {

/// Throws InputError, naming the layer, unless `architecture` ends in a linear layer without ReLU.
void require_classifier(const Architecture& architecture);

class TrainableNetwork : public torch::nn::Module {
 public:
  /// Weights from libtorch's generator. With `quantized` every product uses weights rounded as the
  /// quantiser will round them, while updates go to the unrounded ones as if there were no rounding
  /// (straight-through estimator; Bengio et al., arXiv:1308.3432).
  TrainableNetwork(Architecture architecture, const std::optional<QuantizeConfig>& quantized);

  /// What the last layer gives for NCHW images: logits, or an image.
  torch::Tensor forward(const torch::Tensor& images);

  /// Multiplies what the last layer with weights gives by `gain`, through its batch norm if it has
  /// one.
  void scale_output(double gain);

  /// Becomes the function that `trained`, an integer network of the same architecture, computes:
  /// its codes as weights, and batch norm that undoes the statistics of `images` (NCHW, what
  /// `forward` takes), so that training goes on where it ended. Throws InputError unless the two
  /// have the same convolutions; linear layers are not taken over.
  void adopt(const Graph& trained, const torch::Tensor& images);

  /// The function `forward` computes in evaluation mode, rounded weights included; name and
  /// preprocessing empty.
  [[nodiscard]] FloatNetwork exported() const;

 private:
  /// What learns in one layer; empty where nothing does.
  struct Part {
    torch::nn::Conv2d conv{nullptr};
    torch::nn::ConvTranspose2d transposed{nullptr};
    torch::nn::BatchNorm2d norm{nullptr};
    torch::nn::Linear linear{nullptr};
  };

  void make_parts();
  void make_conv(const Layer& layer, const ConvLayer& conv, Part& part);
  [[nodiscard]] torch::Tensor used(const torch::Tensor& weights) const;
  [[nodiscard]] torch::Tensor used(const Part& part) const;
  [[nodiscard]] torch::Tensor convolved(const ConvLayer& layer, Part& part,
                                        const torch::Tensor& input) const;
  [[nodiscard]] torch::Tensor output(std::size_t layer, const std::vector<torch::Tensor>& tensors);
  void adopt_conv(const ConvLayer& layer, Part& part, const Node& trained, const Graph& graph,
                  const torch::Tensor& input) const;
  [[nodiscard]] FloatConv exported_conv(const ConvLayer& layer, const Part& part) const;
  [[nodiscard]] FloatConv exported_linear(std::size_t layer) const;
  [[nodiscard]] FloatOperation exported_operation(std::size_t layer) const;

  Architecture architecture_;
  std::optional<QuantizeConfig> quantized_;
  std::vector<Part> parts_;             ///< one a layer
  std::vector<std::size_t> last_user_;  ///< of each tensor: the layer after which it may go
};

}  // namespace brownout::models
