// SPDX-License-Identifier: Apache-2.0
// What each layer of a network costs by its shape alone (layer 5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/graph.h"

namespace brownout::sweep {

struct LayerCosts {
  std::string name;
  std::string operation;
  models::Shape output;
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;   ///< weights and biases
  std::uint64_t weight_bits = 0;  ///< stored in the weight SRAM
};

/// One entry a node.
[[nodiscard]] std::vector<LayerCosts> layer_costs(const models::Graph& graph);

/// `64 x 32 x 32`, channels first.
[[nodiscard]] std::string shape_text(const models::Shape& shape);

}  // namespace brownout::sweep
