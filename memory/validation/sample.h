// SPDX-License-Identifier: Apache-2.0
// One side of a comparison (layer 2): a measured map, or chips of a model drawn with the same
// geometry at the same voltages.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "memory/fault_map.h"
#include "memory/memory_config.h"
#include "memory/validation/profile.h"
#include "memory/weak_cells.h"
#include "sim/core/index.h"
#include "sim/core/thread_pool.h"

namespace brownout::memory::validation {

struct Sample {
  std::string label;
  bool is_model = false;
  std::size_t level = 0;       ///< the one at which profiles ask spatial questions
  FaultMap first;              ///< the map, or the first chip of a model
  std::vector<Profile> chips;  ///< one a chip
};

/// A sample of a map.
[[nodiscard]] Sample sample_map(std::string label, FaultMap map, std::size_t level);

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

/// The geometry maps of the model's mapping ibm_random have.
[[nodiscard]] MapGeometry ibm_random_geometry();

/// The cells of one chip that fail by the curve at each voltage; cells too slow for a clock are not
/// in it. Words above 64 bits lie in macros side by side. Directions are those of mechanisms with a
/// preferred state. A filter buffer mapped ibm_random gives the map that is laid over the weights.
/// Throws InputError for voltages outside the model's curve, for volts without a published Vmin,
/// where ibm_random meets another geometry than its own, and where a measured map replaces the
/// model.
[[nodiscard]] FaultMap draw_map(const MemoryConfig& model, ChipId chip, const DrawPlan& plan);

/// Chips first_chip, first_chip + 1, ... with their spatial questions asked at `level`.
[[nodiscard]] Sample draw_sample(const MemoryConfig& model, ChipId first_chip, std::size_t chips,
                                 const DrawPlan& plan, std::size_t level, ThreadPool& pool);

/// Whether `model` can be drawn at `supply`: within its curve. Throws InputError for volts and a
/// model, called `label`, without a Vmin in volts.
[[nodiscard]] bool is_drawable(const MemoryConfig& model, const config::SupplyVoltage& supply,
                               const std::string& label);

/// The voltages of a map, falling.
[[nodiscard]] std::vector<double> voltages_of(const FaultMap& map);

}  // namespace brownout::memory::validation
