// SPDX-License-Identifier: Apache-2.0
// From the real scales ONNX stores to the fixed-point numbers the graph computes with (layer 2).
// Importer and exporter share it, so that a saved graph loads back equal bit by bit.
#pragma once

#include <vector>

#include "models/graph.h"
#include "models/requantize.h"

namespace brownout::models {

/// Real value of one accumulator step: input scale x weight scale, one per weight scale.
[[nodiscard]] std::vector<double> accumulator_scale(const Tensor& input, const Conv& conv);

/// Requantiser of a convolution: ratio = input scale x weight scale / output scale, in doubles.
[[nodiscard]] Requantizer conv_requantizer(const Tensor& input, const Conv& conv, double scale,
                                           const OutputRange& range);

/// Requantiser of an average: ratio = input scale / (output scale x window size).
[[nodiscard]] Requantizer pool_requantizer(const Tensor& input, const Window& window, double scale,
                                           const OutputRange& range);

/// 1 / (1 + e^-x), as ONNX's Sigmoid.
[[nodiscard]] double sigmoid(double x);

/// Requantiser of a concatenation: ratio = input scale / output scale, one per input.
[[nodiscard]] Requantizer concat_requantizer(const std::vector<double>& scales, double scale,
                                             const OutputRange& range);

}  // namespace brownout::models
