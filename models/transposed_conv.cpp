// SPDX-License-Identifier: Apache-2.0
#include "models/transposed_conv.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::models {

Window spread_window(const TransposedWindow& transposed) {
  const Window& t = transposed.window;
  const int reach_h = t.dilation_h * (t.kernel_h - 1);
  const int reach_w = t.dilation_w * (t.kernel_w - 1);
  Window w;
  w.kernel_h = t.kernel_h;
  w.kernel_w = t.kernel_w;
  w.dilation_h = t.dilation_h;
  w.dilation_w = t.dilation_w;
  w.spread_h = t.stride_h;
  w.spread_w = t.stride_w;
  w.pad_top = reach_h - t.pad_top;
  w.pad_left = reach_w - t.pad_left;
  w.pad_bottom = reach_h - t.pad_bottom + transposed.output_padding_h;
  w.pad_right = reach_w - t.pad_right + transposed.output_padding_w;
  return w;
}

template <class Number>
std::vector<Number> transpose_weights(const std::vector<Number>& weights, int first, int groups,
                                      int taps) {
  const std::size_t block = static_cast<std::size_t>(first) * static_cast<std::size_t>(taps);
  if (first < 1 || groups < 1 || taps < 1 || first % groups != 0 || weights.empty() ||
      weights.size() % block != 0) {
    throw InputError(
        fmt::format("{} weights do not fill {} channels in {} groups with {} taps each",
                    weights.size(), first, groups, taps));
  }
  const auto volume = static_cast<std::size_t>(taps);
  const std::size_t second_in_group = weights.size() / block;
  const std::size_t first_in_group = static_cast<std::size_t>(first / groups);
  std::vector<Number> result(weights.size());
  std::size_t from = 0;
  for (std::size_t a = 0; a < static_cast<std::size_t>(first); ++a) {
    const std::size_t group = a / first_in_group;
    for (std::size_t b = 0; b < second_in_group; ++b) {
      const std::size_t row = (group * second_in_group + b) * first_in_group + a % first_in_group;
      for (std::size_t tap = 0; tap < volume; ++tap) {
        result[(row + 1) * volume - 1 - tap] = weights[from++];
      }
    }
  }
  return result;
}

template std::vector<std::int8_t> transpose_weights(const std::vector<std::int8_t>&, int, int, int);
template std::vector<float> transpose_weights(const std::vector<float>&, int, int, int);

Conv transposed_conv(const TransposedWindow& transposed, int groups, int inputs,
                     const std::vector<std::int8_t>& weights) {
  Conv conv;
  conv.window = spread_window(transposed);
  conv.groups = groups;
  conv.weights =
      transpose_weights(weights, inputs, groups, conv.window.kernel_h * conv.window.kernel_w);
  return conv;
}

}  // namespace brownout::models
