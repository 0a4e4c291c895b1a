// SPDX-License-Identifier: Apache-2.0
// The pieces of a differentiable integer network (layer 4): windows, picks, tables and codes on
// NCHW tensors of real values.
#pragma once

#include <torch/torch.h>

#include "models/graph.h"

namespace brownout::fuse {

/// The interval and step of a tensor's codes, as real values.
struct CodeRange {
  double step = 1;
  double lowest = 0;
  double highest = 0;
};

/// Clamped to the range and, where `rounded`, to its nearest code, halves up; the gradient is that
/// of the clamp.
[[nodiscard]] torch::Tensor to_codes(const torch::Tensor& real, const CodeRange& range,
                                     bool rounded);

/// `weights` [out][in / groups][kernel_h][kernel_w].
[[nodiscard]] torch::Tensor convolve(const torch::Tensor& input, const models::Conv& conv,
                                     const torch::Tensor& weights, const torch::Tensor& bias);

/// `lowest` is what padding counts as: the real value of code 0.
[[nodiscard]] torch::Tensor max_pool(const torch::Tensor& input, const models::Window& window,
                                     double lowest);
/// Padding counts as zero.
[[nodiscard]] torch::Tensor sum_pool(const torch::Tensor& input, const models::Window& window);

[[nodiscard]] torch::Tensor rearrange(const torch::Tensor& input, const models::Rearrange& picks);

/// `table` from codes of `in` to codes of `out`: the entry of the nearest code, with the slope
/// between its neighbours for the gradient.
[[nodiscard]] torch::Tensor look_up(const torch::Tensor& input, const models::Table& table,
                                    const models::Tensor& in, const models::Tensor& out);

}  // namespace brownout::fuse
