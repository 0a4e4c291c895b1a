// SPDX-License-Identifier: Apache-2.0
// One side of a comparison (layer 2): a measured map, or chips of a model drawn with the same
// geometry at the same voltages.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "memory/fault_map.h"
#include "memory/memory_config.h"
#include "memory/weak_cells.h"
#include "sim/core/index.h"
#include "sim/core/thread_pool.h"

namespace brownout::memory::validation {

struct Sample {
  std::string label;
  bool is_model = false;
  std::vector<FaultMap> chips;  ///< equal geometries and voltages
};

/// Where and at what a model is drawn.
struct DrawPlan {
  MapGeometry geometry;
  bool relative_to_vmin = true;
  std::vector<double> voltages;  ///< in units of Vmin or volts, as said before
  GroupId group = GroupId::kFilter;
  /// How often each cell is read at each voltage. 0: not counted, and every cell that can fail is
  /// listed; otherwise random_read cells that pass all reads are not.
  std::uint32_t reads = 0;
};

/// The cells of one chip that fail by the curve at each voltage; cells too slow for a clock are not
/// in it. Directions are those of mechanisms with a preferred state. Throws InputError for voltages
/// outside the model's curve, for volts without a published Vmin and for words above 64 bits.
[[nodiscard]] FaultMap draw_map(const MemoryConfig& model, ChipId chip, const DrawPlan& plan);

/// Chips first_chip, first_chip + 1, ...
[[nodiscard]] Sample draw_sample(const MemoryConfig& model, ChipId first_chip, std::size_t chips,
                                 const DrawPlan& plan, ThreadPool& pool);

/// Positions of `map`'s levels the model can be drawn at: within its curve's span.
[[nodiscard]] std::vector<std::size_t> levels_within(const FaultMap& map,
                                                     const MemoryConfig& model);

/// The voltages of a map, falling.
[[nodiscard]] std::vector<double> voltages_of(const FaultMap& map);

}  // namespace brownout::memory::validation
