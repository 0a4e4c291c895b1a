// SPDX-License-Identifier: Apache-2.0
// The failing cells of a buffer as a map has them (layer 2): at each voltage those of its level and
// no others, also where a cell recovers at a lower voltage.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "memory/macro_order.h"
#include "memory/map_config.h"
#include "memory/weak_cells.h"

namespace brownout::memory {

class MeasuredCells {
 public:
  /// Macro m of a buffer of `geometry` is the map's macro order[m]. Where neither the map nor the
  /// configuration knows what a cell prefers, the chip's numbers say it.
  MeasuredCells(const MapConfig& config, const SramGeometry& geometry, const MacroOrder& order,
                ChipId chip);

  /// Those that fail at a level of the map; without one, none.
  [[nodiscard]] CellRange failing(std::optional<std::uint32_t> level) const;
  /// All that fail at one of them, and then all that fail at the other.
  [[nodiscard]] CellChange change(std::optional<std::uint32_t> from,
                                  std::optional<std::uint32_t> to) const;

 private:
  std::vector<std::vector<WeakCell>> levels_;
};

}  // namespace brownout::memory
