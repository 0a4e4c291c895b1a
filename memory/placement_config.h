// SPDX-License-Identifier: Apache-2.0
// Which of a chip's macros stands where (layer 2), as configured: `faults.placement` of a memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

enum class PlacementOrder {
  kInOrder,     ///< block n of a map, or macro n as drawn, is macro n
  kRandom,      ///< by the chip's seed
  kFaultAware,  ///< such that layers meet the fewest and least significant failing cells
};

struct PlacementConfig {
  PlacementOrder order = PlacementOrder::kInOrder;
  /// At which cells are tested; fault_aware only.
  config::SupplyVoltage test_voltage;
  VminRatio test_at{1};  ///< the same on the memory's curve
  /// How much more a layer, by name, counts than by default.
  std::vector<std::pair<std::string, double>> sensitivity;
};

/// Reads the section, but for test_at; findings go to its document, and then the result is not to
/// be used.
[[nodiscard]] PlacementConfig read_placement_config(config::Section section);

}  // namespace brownout::memory
