// SPDX-License-Identifier: Apache-2.0
// The failing cells of a chip (layer 2). A chip is a seed; each cell's numbers come from Philox
// keyed by the chip and countered by the cell, so every engine, thread and run sees the same chip.
//
// A cell fails at voltage V iff u < BER(V) (DESIGN section 5). Only weak cells are kept, sorted by
// u: at any voltage the failing ones are a prefix, and healthy cells cost nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/fault_config.h"
#include "memory/fault_mask.h"
#include "memory/macro_order.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cell.h"

namespace brownout::memory {

/// Whether masks tell what a read does with a word as it was written, or also what became of the
/// word at that voltage before: cells that hold nothing are then at their preferred state.
enum class Storage { kTracked, kSettled };

/// Some of a buffer's cells, which stay where they are.
struct CellRange {
  const WeakCell* first = nullptr;
  const WeakCell* last = nullptr;  ///< behind the last one

  [[nodiscard]] const WeakCell* begin() const { return first; }
  [[nodiscard]] const WeakCell* end() const { return last; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(last - first); }
  [[nodiscard]] bool empty() const { return first == last; }
};

/// What differs between two conditions.
struct CellChange {
  CellRange healed;
  CellRange failed;
};

/// Weak cells of one group of one chip.
class WeakCells {
 public:
  /// `cells` that fail at `highest_rate` or less, in any order, of a buffer of `words` words. Bit 0
  /// of masks is column `first_column`.
  WeakCells(std::vector<WeakCell> cells, std::uint32_t words, double highest_rate,
            std::uint32_t first_column = 0);
  /// Draws the cells of one part that fail at `highest_rate` or less.
  WeakCells(const CellFamily& family, const SramGeometry& geometry, double highest_rate,
            const FaultConfig& config);
  WeakCells(ChipId chip, GroupId group, const SramGeometry& geometry, double highest_rate,
            const FaultConfig& config = {})
      : WeakCells({chip, group}, geometry, highest_rate, config) {}

  /// Puts macro order[m] where macro m is. Words of cells change, nothing else.
  void rearrange(const SramGeometry& geometry, const MacroOrder& order);

  /// Number of cells that fail at `rate`. Throws SimulationError above `highest_rate`.
  [[nodiscard]] std::size_t failing(double rate) const;
  /// Failing cells at `rate` as word masks; empty when there are none. Cells that fail at random
  /// are left out: what they do changes from access to access. Bit 0 of a mask is the part's first.
  [[nodiscard]] FaultMask mask(double rate, Storage storage = Storage::kSettled) const;
  /// Makes of mask(`from`) mask(`to`) in time that grows with the cells that differ; an empty mask
  /// is first spread over all words.
  void move(FaultMask& mask, double from, double to, Storage storage = Storage::kSettled) const;
  /// Makes cells of this part of the buffer fail in `mask` that did not, and the other way round.
  void toggle(FaultMask& mask, const CellRange& cells, Storage storage) const;
  /// Those whose failing differs between two rates.
  [[nodiscard]] CellChange change(double from, double to) const;
  /// Rising u: the first failing(rate) of them fail at `rate`.
  [[nodiscard]] const std::vector<WeakCell>& cells() const { return cells_; }
  /// Bit of a word's mask that stands for `cell`.
  [[nodiscard]] std::uint64_t mask_bit(const WeakCell& cell) const {
    return std::uint64_t{1} << (cell.bit.value() - first_column_);
  }

 private:
  std::vector<WeakCell> cells_;
  std::uint32_t words_;
  double highest_rate_;
  std::uint32_t first_column_;
};

}  // namespace brownout::memory
