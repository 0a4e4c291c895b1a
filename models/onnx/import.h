// SPDX-License-Identifier: Apache-2.0
// Quantised ONNX classifiers to Graph (layer 2). README.md lists what is accepted.
#pragma once

#include <filesystem>

#include "models/graph.h"

namespace brownout::models {

/// Reads a quantised network (QLinear operators or QuantizeLinear/DequantizeLinear pairs).
///
/// int8 activations become uint8 codes shifted by 128, linear layers become convolutions whose
/// kernel covers their input, ReLU and clipping go into the requantiser before them. Throws
/// InputError for a damaged file or one with anything unsupported: all of it, one line each.
[[nodiscard]] Graph load_onnx(const std::filesystem::path& path);

}  // namespace brownout::models
