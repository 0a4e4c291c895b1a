// SPDX-License-Identifier: Apache-2.0
// Graph to ONNX (layer 2): opset 13, operators of the standard domain only.
#pragma once

#include <filesystem>

#include "models/graph.h"

namespace brownout::models {

/// Writes `graph` as a float-in network with quantised operators, all or nothing.
///
/// ONNX keeps scales, not fixed-point multipliers, so every scale must be a float32 number and
/// every requantiser the one that follows from the scales; then loading the file gives an equal
/// graph (tensors numbered in the order of the nodes). Throws InputError when that does not hold.
///
/// A table is written as Tanh, Sigmoid, Clip or a change of scale, whichever it equals; one that
/// changes no code is read back as nothing at all. Other tables, and strides over a spread input,
/// have no ONNX form.
void save_onnx(const Graph& graph, const std::filesystem::path& path);

}  // namespace brownout::models
