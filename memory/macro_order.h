// SPDX-License-Identifier: Apache-2.0
// Which block of cells stands where an accelerator's macro is (layer 2): macros of the chip as it
// was drawn, or the macros a measured map was cut into.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/group.h"
#include "memory/sram_geometry.h"

namespace brownout::memory {

struct FaultConfig;

/// Block of every macro of a buffer.
using MacroOrder = std::vector<std::uint32_t>;

/// A macro of the accelerator.
struct MacroSlot {
  GroupId group = GroupId::kFilter;
  MacroId macro;
};

/// Macros and the blocks that may stand there, at least as many. A drawn macro stays in its bank,
/// so banks are those of the chip; a block of a map may stand anywhere.
struct MacroPool {
  bool measured = false;
  std::vector<MacroSlot> slots;
  std::vector<std::uint32_t> blocks;  ///< in_order: slot by slot
};

/// Every macro of every buffer is in one of them. Throws InputError when the map has too few
/// blocks, or blocks of which macros cannot be cut.
[[nodiscard]] std::vector<MacroPool> macro_pools(const FaultConfig& faults,
                                                 const PerGroup<SramGeometry>& geometry);

/// The orders that need nothing but the chip's seed: in_order and random.
[[nodiscard]] PerGroup<MacroOrder> macro_order(const FaultConfig& faults,
                                               const PerGroup<SramGeometry>& geometry, ChipId chip);

/// Slot i of each pool gets block i.
[[nodiscard]] PerGroup<MacroOrder> dealt(const std::vector<MacroPool>& pools,
                                         const PerGroup<SramGeometry>& geometry);

}  // namespace brownout::memory
