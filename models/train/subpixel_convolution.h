// SPDX-License-Identifier: Apache-2.0
// Transposed convolutions as convolutions (layer 2): libtorch's mixed precision leaves the former
// in float32, where its kernel is slow with Debian's reference BLAS.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace brownout::models {

/// torch::conv_transpose2d, computed as one convolution of stride 1 that gives the stride x stride
/// pixels above an input pixel as channels, which are then put in their places (Shi et al., "Is the
/// deconvolution layer the same as a convolutional layer?", arXiv:1609.07009). `weights` are
/// [inputs][outputs][kernel][kernel] with kernel - 2 * padding = stride, so that the output is
/// stride times the input; throws SimulationError otherwise. Differentiable in all tensors.
[[nodiscard]] torch::Tensor subpixel_conv_transpose2d(const torch::Tensor& input,
                                                      const torch::Tensor& weights,
                                                      const torch::Tensor& bias,
                                                      std::int64_t stride, std::int64_t padding);

}  // namespace brownout::models
