// SPDX-License-Identifier: Apache-2.0
#include "models/train/subpixel_convolution.h"

#include <vector>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

/// Along one axis: output pixel stride * q + phase is the sum over t of w[t] * input[q + d] where
/// stride * d = phase + padding - t. Input pixels from q - reach to q + reach take part.
struct Axis {
  std::int64_t kernel, stride, padding;

  [[nodiscard]] std::int64_t reach() const { return (stride - 1 + padding) / stride; }
  [[nodiscard]] std::int64_t window() const { return 2 * reach() + 1; }
  /// The tap that meets window position `at`; -1: none.
  [[nodiscard]] std::int64_t tap(std::int64_t phase, std::int64_t at) const {
    const std::int64_t t = phase + padding - stride * (at - reach());
    return t >= 0 && t < kernel ? t : -1;
  }
};

/// Of each phase and position of the window, both of two axes: the tap's number, kernel^2 for none.
torch::Tensor taps(const Axis& axis) {
  std::vector<std::int64_t> result;
  const std::int64_t phases = axis.stride * axis.stride;
  const std::int64_t places = axis.window() * axis.window();
  for (std::int64_t i = 0; i < phases * places; ++i) {
    const std::int64_t phase = i / places;
    const std::int64_t place = i % places;
    const std::int64_t y = axis.tap(phase / axis.stride, place / axis.window());
    const std::int64_t x = axis.tap(phase % axis.stride, place % axis.window());
    const bool met = y >= 0 && x >= 0;
    result.push_back(met ? y * axis.kernel + x : axis.kernel * axis.kernel);
  }
  return torch::tensor(result, torch::kInt64);
}

}  // namespace

torch::Tensor subpixel_conv_transpose2d(const torch::Tensor& input, const torch::Tensor& weights,
                                        const torch::Tensor& bias, std::int64_t stride,
                                        std::int64_t padding) {
  const Axis axis{weights.size(2), stride, padding};
  require(axis.kernel - 2 * padding == stride && weights.size(3) == axis.kernel,
          "a transposed convolution enlarges by its stride");
  const std::int64_t inputs = weights.size(0);
  const std::int64_t outputs = weights.size(1);
  const torch::Tensor flat = torch::constant_pad_nd(weights.flatten(2), {0, 1});
  const torch::Tensor spread =
      flat.index_select(2, taps(axis))
          .view({inputs, outputs, stride * stride, -1})
          .permute({1, 2, 0, 3})
          .reshape({outputs * stride * stride, inputs, axis.window(), axis.window()});
  torch::Tensor biases;
  if (bias.defined()) biases = bias.repeat_interleave(stride * stride);
  return torch::pixel_shuffle(torch::conv2d(input, spread, biases, 1, axis.reach()), stride);
}

}  // namespace brownout::models
