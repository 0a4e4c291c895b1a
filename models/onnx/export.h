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
void save_onnx(const Graph& graph, const std::filesystem::path& path);

}  // namespace brownout::models
