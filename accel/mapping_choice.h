// SPDX-License-Identifier: Apache-2.0
// Which loop nests lowering tries for a layer (layer 3), and how it compares them.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/conv_geometry.h"
#include "memory/sram_geometry.h"
#include "models/graph.h"

namespace brownout::accel {

/// What a mapping costs: DRAM traffic first. Stores are the same for all mappings of a layer.
struct MappingCost {
  std::uint64_t load_bytes = 0;
  std::uint64_t cycles = 0;

  friend bool operator<(const MappingCost& a, const MappingCost& b) {
    return std::tie(a.load_bytes, a.cycles) < std::tie(b.load_bytes, b.cycles);
  }
};

/// Loop orders and stream blocks to try for `conv`, as far as the configuration leaves them open;
/// `base` gives array, word and dataflow. At least one; the cheapest in array cycles first. Blocks
/// are such that a fold's results fit into the ofmap buffer.
[[nodiscard]] std::vector<Mapping> candidate_mappings(const models::Conv& conv,
                                                      const models::Shape& input,
                                                      const AcceleratorConfig& accelerator,
                                                      const Mapping& base,
                                                      const memory::SramGeometry& ofmap);

}  // namespace brownout::accel
