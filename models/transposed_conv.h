// SPDX-License-Identifier: Apache-2.0
// Transposed convolutions as convolutions over a spread input (layer 2).
//
// ConvTranspose scatters: input pixel i adds w[t] to output i * stride - pad + t * dilation. Seen
// from the output that is a convolution of stride 1 over the input with stride - 1 zeros between
// its pixels, with the taps in reverse order and padding dilation * (kernel - 1) - pad
// (https://onnx.ai/onnx/operators/onnx__ConvTranspose.html gives the output's size).
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// A transposed convolution's attributes as ONNX and PyTorch have them.
struct TransposedWindow {
  Window window;  ///< kernel, stride, padding and dilation; spread stays 1
  int output_padding_h = 0, output_padding_w = 0;  ///< further rows and columns at the end
};

/// The window of the equal convolution. Padding wider than the reach of the kernel comes out
/// negative: it crops.
[[nodiscard]] Window spread_window(const TransposedWindow& transposed);

/// Weights [first][second / groups][taps] as [second][first / groups][taps in reverse order], where
/// first and second are input and output channels or the other way round: what turns a transposed
/// convolution's weights into the convolution's, and back. For std::int8_t and float.
template <class Number>
[[nodiscard]] std::vector<Number> transpose_weights(const std::vector<Number>& weights, int first,
                                                    int groups, int taps);

/// The convolution equal to a transposed one with `weights` [inputs][outputs / groups][kernel_h]
/// [kernel_w]. Weight scale, bias and requantiser are left to the caller. Throws InputError unless
/// the weights fill whole groups.
[[nodiscard]] Conv transposed_conv(const TransposedWindow& transposed, int groups, int inputs,
                                   const std::vector<std::int8_t>& weights);

}  // namespace brownout::models
