// SPDX-License-Identifier: Apache-2.0
// A measured fault map in place of a memory's model (layer 2): `faults.map`.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "memory/fault_map.h"
#include "memory/group.h"
#include "memory/sram_geometry.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// What a failing cell does whose direction was not measured.
enum class UnknownDirection { kFlipped, kZero, kOne, kRandom };

struct MapConfig {
  FaultMap map;
  std::optional<UnknownDirection> unknown;  ///< given where the map has such cells
  std::vector<GroupId> buffers;             ///< whose cells these are, in the order of their blocks
  std::vector<VminRatio> voltages;          ///< of the map's levels, falling
  VminRatio fault_free_from{1};             ///< the curve's highest voltage

  [[nodiscard]] bool serves(GroupId group) const;
  /// Level of the map at `voltage`; none from fault_free_from on where the map has no such level:
  /// nothing fails. Throws InputError that lists the levels for any other voltage.
  [[nodiscard]] std::optional<std::uint32_t> level_at(VminRatio voltage) const;
  /// Whether some cell fails some reads and not others.
  [[nodiscard]] bool is_random() const;
};

/// Blocks of a map cut into the macros of a memory: from the first words on, and of the same words
/// from bit 0 on.
class MapTiles {
 public:
  /// Throws InputError unless blocks are whole numbers of macros, in words and in bits.
  MapTiles(const FaultMap& map, const MacroGeometry& macro);

  [[nodiscard]] std::uint32_t count() const { return blocks_ * rows_ * columns_; }

  struct Place {
    std::uint32_t tile = 0;
    RowId row;
    BitId bit;
  };
  [[nodiscard]] Place place(const CellPlace& cell) const;

 private:
  MacroGeometry macro_;
  std::uint32_t blocks_;
  std::uint32_t rows_;     ///< of macros in a block
  std::uint32_t columns_;  ///< of macros in a block
};

/// Reads the section, but for the voltages on a curve; findings go to its document, and then the
/// result is not to be used.
[[nodiscard]] std::optional<MapConfig> read_map_config(config::Section section);

/// Throws InputError unless the map has a macro for each one of its buffers.
void require_blocks(const MapConfig& config, const PerGroup<SramGeometry>& geometry);

}  // namespace brownout::memory
