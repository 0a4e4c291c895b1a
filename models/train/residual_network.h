// SPDX-License-Identifier: Apache-2.0
// The trainable network (layer 2): libtorch modules for ResidualNetworkConfig, and their way out as
// a FloatNetwork.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "models/quantizer/float_network.h"
#include "models/train/base_config.h"

namespace brownout::models {

/// Convolution without bias, then batch norm; padded so that stride 1 keeps the extent.
class ConvUnit : public torch::nn::Module {
 public:
  struct Shape {
    int inputs, outputs, kernel, stride;
  };
  explicit ConvUnit(const Shape& shape);
  torch::Tensor forward(const torch::Tensor& input);
  [[nodiscard]] FloatConv exported(bool relu) const;

 private:
  torch::nn::Conv2d conv_;
  torch::nn::BatchNorm2d norm_;
};

/// relu(second(relu(first(x))) + shortcut(x)); the shortcut is x itself when shapes allow.
class ResidualBlock : public torch::nn::Module {
 public:
  ResidualBlock(int inputs, int outputs, int stride);
  torch::Tensor forward(const torch::Tensor& input);
  /// Appends the block's nodes, named `prefix`..., reading the network's newest tensor.
  void append_to(FloatNetwork& network, const std::string& prefix) const;

 private:
  std::shared_ptr<ConvUnit> first_, second_, shortcut_;  // libtorch registers modules as shared_ptr
};

class ResidualNetwork : public torch::nn::Module {
 public:
  ResidualNetwork(const ResidualNetworkConfig& config, const Shape& input, int classes);
  /// Logits of NCHW images.
  torch::Tensor forward(const torch::Tensor& images);
  /// The network as batch norm's running statistics now define it; name and preprocessing empty.
  [[nodiscard]] FloatNetwork exported() const;

 private:
  Shape input_;
  std::shared_ptr<ConvUnit> stem_;
  std::vector<std::shared_ptr<ResidualBlock>> blocks_;
  torch::nn::Linear classifier_;
};

}  // namespace brownout::models
