// SPDX-License-Identifier: Apache-2.0
// A network layer by layer (layer 5): what `brownout model inspect` prints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/graph.h"

namespace brownout::model {

struct LayerCosts {
  std::string name;
  std::string operation;
  models::Shape output;
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;   ///< weights and biases
  std::uint64_t weight_bits = 0;  ///< stored in the weight SRAM
};

[[nodiscard]] std::vector<LayerCosts> layer_costs(const models::Graph& graph);

/// As a table with totals, for a terminal.
[[nodiscard]] std::string inspect_text(const models::Graph& graph);

}  // namespace brownout::model
