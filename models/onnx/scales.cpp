// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/scales.h"

#include <cmath>

namespace brownout::models {

std::vector<double> accumulator_scale(const Tensor& input, const Conv& conv) {
  std::vector<double> scale = conv.weight_scale;
  for (double& s : scale) s *= input.scale.front();
  return scale;
}

Requantizer conv_requantizer(const Tensor& input, const Conv& conv, double scale,
                             const OutputRange& range) {
  std::vector<double> ratios = accumulator_scale(input, conv);
  for (double& ratio : ratios) ratio /= scale;
  return make_requantizer(ratios, range.zero_point, range.lowest, range.highest);
}

Requantizer pool_requantizer(const Tensor& input, const Window& window, double scale,
                             const OutputRange& range) {
  const double size = static_cast<double>(window.kernel_h) * window.kernel_w;
  return make_requantizer({input.scale.front() / (scale * size)}, range.zero_point, range.lowest,
                          range.highest);
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

Requantizer concat_requantizer(const std::vector<double>& scales, double scale,
                               const OutputRange& range) {
  return make_concat(scales, scale, range).requantizer;
}

}  // namespace brownout::models
