// SPDX-License-Identifier: Apache-2.0
// Draws the weak cells of a buffer (layer 2): each from Philox keyed by the chip and countered by
// the cell (cell_counters.h), whatever else is drawn.
#pragma once

#include <vector>

#include "memory/cell_layout.h"
#include "memory/fault_config.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cell.h"

namespace brownout::memory {

/// Cells that fail at `highest_rate` or less, macro by macro, check columns and spare lines
/// included. Their words are those of with_spares(geometry, layout), their bits columns.
[[nodiscard]] std::vector<WeakCell> draw_cells(const CellFamily& family,
                                               const SramGeometry& geometry,
                                               const CellLayout& layout, double highest_rate,
                                               const FaultConfig& config);

}  // namespace brownout::memory
