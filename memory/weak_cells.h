// SPDX-License-Identifier: Apache-2.0
// The failing cells of a chip (layer 2). A chip is a seed; each cell's numbers come from Philox
// keyed by the chip and countered by the cell, so every engine, thread and run sees the same chip.
//
// A cell fails at voltage V iff u < BER(V) (DESIGN section 5). Only weak cells are kept, sorted by
// u: at any voltage the failing ones are a prefix, and healthy cells cost nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/cell_counters.h"
#include "memory/cell_kernels.h"
#include "memory/fault_config.h"
#include "memory/fault_mask.h"
#include "memory/group.h"
#include "memory/macro_order.h"
#include "memory/sram_geometry.h"
#include "sim/core/index.h"

namespace brownout::memory {

/// One cell that fails at some voltage of interest.
struct WeakCell {
  std::uint32_t u = 0;  ///< rank in [0, 2^32): fails while u < BER * 2^32
  WordId word;
  BitId bit;               ///< column in the row: check bits come behind the word's
  bool reads_one = false;  ///< preferred state
  Mechanism mechanism = Mechanism::kStuckAt;
  std::uint32_t chance = 0;  ///< of is_random(): an access fails when its draw is at most this
};

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

/// Whether masks tell what a read does with a word as it was written, or also what became of the
/// word at that voltage before: cells that hold nothing are then at their preferred state.
enum class Storage { kTracked, kSettled };

/// The bits of a word, or those of its error code.
enum class WordPart : std::uint8_t { kData, kCheck };

/// Which cells to draw: those that fail by the curve, or those too slow for the clock. They are
/// independent of each other.
struct CellFamily {
  ChipId chip;
  GroupId group = GroupId::kIfmap;
  bool too_slow = false;
  WordPart part = WordPart::kData;
};

/// Weak cells of one group of one chip.
class WeakCells {
 public:
  /// Keeps the cells that fail at `highest_rate` or less.
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
    return std::uint64_t{1} << (cell.bit.value() - columns_.first);
  }

 private:
  /// Columns of a row that belong to the part.
  struct Columns {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };

  [[nodiscard]] bool is_mine(BitId bit) const {
    return bit.value() < columns_.first + columns_.count;
  }
  /// Appends the cells of a macro whose rank is below `limit`.
  void draw_macro(Stretch stretch, const SramGeometry& geometry, std::uint64_t limit);
  /// The same where cells of equal rank fail at different rates.
  void draw_structured(Stretch stretch, const SramGeometry& geometry, const CellFamily& family,
                       const SpatialModel& spatial);
  void draw_traits(const CellFamily& family, const SramGeometry& geometry,
                   const FaultConfig& config);

  std::vector<WeakCell> cells_;
  Columns columns_;
  std::uint32_t words_;
  double highest_rate_;
};

/// The largest draw with which an access fails that fails with `probability`, above 0.
[[nodiscard]] std::uint32_t chance_of(double probability);

/// Whether an access fails at a cell of is_random(): its layer and image are the access number
/// (docs/faults.md).
[[nodiscard]] bool fails_access(const CellFamily& family, const WeakCell& cell, std::uint32_t layer,
                                std::uint32_t image);

}  // namespace brownout::memory
