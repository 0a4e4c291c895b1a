// SPDX-License-Identifier: Apache-2.0
// How a node of the network is refused (layer 2, internal to the models).
#pragma once

#include <cstddef>
#include <string>

#include "models/graph.h"

namespace brownout::models {

/// Largest activation or weight tensor accepted; keeps every product of sizes far from overflow.
constexpr std::size_t kMaxElements = (std::size_t{1} << 31) - 1;

/// Throws InputError naming `node` and its operation.
[[noreturn]] void reject(const Node& node, const std::string& what);

}  // namespace brownout::models
