// SPDX-License-Identifier: Apache-2.0
// An integer network as a function libtorch can differentiate (layer 4): the frozen base a
// generator learns in front of.
//
// Activations are the real values codes stand for, clamped where codes are; a convolution's weights
// carry its requantisation, where batch norm lives. With `rounded`, activations also take code
// values, and gradients pass the rounding unchanged: then logits are the integer network's, up to
// the rounding of sums in float32.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "models/graph.h"

namespace brownout::fuse {

class DifferentiableGraph {
 public:
  /// Numbers are of type `type`, float32 or bfloat16. `graph` must outlive it.
  DifferentiableGraph(const models::Graph& graph, torch::ScalarType type, bool rounded);

  /// Weights as convolutions use them; one entry a node, undefined where it has none.
  using Weights = std::vector<torch::Tensor>;
  /// `codes`: one entry a node in the order of models::Conv::weights, as ChipSource gives them.
  [[nodiscard]] Weights weights(const std::vector<std::vector<std::int8_t>>& codes) const;
  /// The graph's own.
  [[nodiscard]] Weights clean_weights() const;

  /// Real values of the output for real values of the input, NCHW: for a classifier [N][classes].
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& input, const Weights& weights) const;

  /// The input as the network reads bytes (float32, NCHW).
  [[nodiscard]] torch::Tensor preprocessed(const torch::Tensor& bytes) const;

 private:
  /// What a convolution needs besides its weights.
  struct Prepared {
    torch::Tensor factor;  ///< real value of a product with one weight step, over the input's step
    torch::Tensor bias;    ///< real
  };

  [[nodiscard]] torch::Tensor coded(const torch::Tensor& real, const models::Tensor& tensor,
                                    int lowest, int highest) const;
  [[nodiscard]] torch::Tensor output(std::size_t node, const std::vector<torch::Tensor>& inputs,
                                     const Weights& weights) const;

  const models::Graph& graph_;
  torch::ScalarType type_;
  bool rounded_;
  std::vector<Prepared> prepared_;      ///< one a node
  std::vector<std::size_t> last_user_;  ///< of each tensor: the node after which it may go
};

}  // namespace brownout::fuse
