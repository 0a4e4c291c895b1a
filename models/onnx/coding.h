// SPDX-License-Identifier: Apache-2.0
// Scales, zero points, weights and biases as other tools store them to what Graph holds (layer 2).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/onnx/value.h"

namespace brownout::models::onnx_import {

/// Coding from a scale and an optional zero point. `type` is that of the codes when there is no
/// zero point. Throws InputError unless scales are positive and the zero points all equal.
[[nodiscard]] Coding read_coding(const Constant& scale, const std::optional<Constant>& zero_point,
                                 int type);

/// Symmetric 8-bit weights in the order of the file.
struct Weights {
  std::vector<int> dims;
  std::vector<std::int8_t> codes;
  std::vector<double> scale;  ///< one entry, or one per index of the channel axis
};

/// Codes of `constant`, its floats quantised. Throws InputError for another rank, asymmetric
/// weights and scales along another axis than `channel_axis`.
[[nodiscard]] Weights read_weights(const CodedConstant& constant, int rank, int channel_axis);

/// A [inputs][outputs] matrix as [outputs][inputs].
[[nodiscard]] Weights transposed(const Weights& matrix);

/// Bias codes in steps of `scale` (one entry or one per channel) from floats or int32 codes; codes
/// whose scale already is that one are taken as they are. Throws InputError beyond int32.
[[nodiscard]] std::vector<std::int32_t> read_bias(const CodedConstant& constant,
                                                  const std::vector<double>& scale, int channels);
[[nodiscard]] std::vector<std::int32_t> read_bias(const Constant& constant,
                                                  const std::vector<double>& scale, int channels);

/// Code of a real value, unsigned as in Graph: clamp(round_half_even(real / scale) + zero point).
[[nodiscard]] int code_of(double real, double scale, int zero_point);

}  // namespace brownout::models::onnx_import
