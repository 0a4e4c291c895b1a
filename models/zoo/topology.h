// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim's topology files (layer 2): a list of layers without the wires between them, so each
// becomes a network of its own.
#pragma once

#include <filesystem>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// One network of one convolution per line, named as the line, weights zero. A line after the
/// header is either
///   name, ifmap height, width, filter height, width, channels, filters, stride[, N:M or stride of
///   the width],
/// inputs already padded, or a matrix product
///   name, M, N, K,
/// a trailing comma allowed. As in SCALE-Sim a name with `DP` in it is depthwise: one layer of one
/// channel and so many filters per channel. Throws InputError naming file and line, also for
/// sparsity other than dense and batches, which are not modelled.
[[nodiscard]] std::vector<Graph> load_topology(const std::filesystem::path& file);

}  // namespace brownout::models
