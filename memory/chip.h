// SPDX-License-Identifier: Apache-2.0
// A chip (layer 2): the weak cells of its three buffers, all from one seed or as measured.
#pragma once

#include <array>
#include <optional>
#include <utility>

#include "memory/cell_layout.h"
#include "memory/group.h"
#include "memory/ibm_random.h"
#include "memory/macro_order.h"
#include "memory/measured_cells.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cells.h"
#include "sim/core/index.h"

namespace brownout::memory {

/// The banks of a buffer: its own, and one of its safe bits (cell_layout.h).
enum class BitBank { kOwn, kSafe };
constexpr std::array<BitBank, 2> kBitBanks = {BitBank::kOwn, BitBank::kSafe};

/// How a chip's cells are used.
struct ChipArrangement {
  PerGroup<MacroOrder> order;  ///< block order[m] in place of macro m
  PerGroup<CellLayout> layouts;

  // The order alone is the usual case.
  ChipArrangement(PerGroup<MacroOrder> macros, const PerGroup<CellLayout>& cells = {})
      : order(std::move(macros)), layouts(cells) {}
};

/// Cells that fail at up to a given rate, drawn once and asked at any lower rate, and measured
/// cells in buffers that have a map.
class Chip {
 public:
  /// `rates` bounds, per group, those that the cells will be asked for. Throws InputError when the
  /// mapping ibm_random has no such chip or a map too few blocks. Measured buffers have plain
  /// layouts.
  Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<BufferRates>& rates,
       const FaultConfig& config)
      : Chip(id, geometry, rates, config, macro_order(config, geometry, id)) {}
  /// The same arranged like this, whatever the configuration's order.
  Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<BufferRates>& rates,
       const FaultConfig& config, const ChipArrangement& arrangement);

  [[nodiscard]] ChipId id() const { return id_; }
  [[nodiscard]] const SramGeometry& geometry(GroupId group) const { return geometry_[group]; }
  /// Cells of a bank that fail at `rates`, but for those too slow.
  [[nodiscard]] CellRange failing(GroupId group, const FaultRates& rates,
                                  WordPart part = WordPart::kData,
                                  BitBank bank = BitBank::kOwn) const;
  /// What changes with the rates, but for cells too slow.
  [[nodiscard]] CellChange change(GroupId group, const FaultRates& from, const FaultRates& to,
                                  WordPart part, BitBank bank) const;
  /// Those that fail by the voltage curve; none in a buffer that has a map. With the mapping
  /// ibm_random the filter buffer has none: the weights' faults are in weight_map(); check bits
  /// keep theirs.
  [[nodiscard]] const WeakCells& weak_cells(GroupId group, WordPart part = WordPart::kData,
                                            BitBank bank = BitBank::kOwn) const {
    return cells_[group]->at(part, bank).curve;
  }
  /// Those too slow for the clock.
  [[nodiscard]] const WeakCells& slow_cells(GroupId group, WordPart part = WordPart::kData,
                                            BitBank bank = BitBank::kOwn) const {
    return cells_[group]->at(part, bank).slow;
  }
  /// Whether any cell of the buffer fails at `rates`.
  [[nodiscard]] bool fails(GroupId group, const BufferRates& rates) const;
  /// Faults that belong to weights instead of addresses; null unless so mapped.
  [[nodiscard]] const IbmRandomMap* weight_map() const {
    return weight_map_ ? &*weight_map_ : nullptr;
  }

 private:
  struct PartCells {
    WeakCells curve;
    WeakCells slow;
  };
  struct GroupCells {
    PartCells own;
    PartCells check;
    PartCells safe;
    PartCells none;  ///< check bits in the safe bank

    [[nodiscard]] const PartCells& at(WordPart part, BitBank bank) const {
      if (part == WordPart::kData) return bank == BitBank::kOwn ? own : safe;
      return bank == BitBank::kOwn ? check : none;
    }
  };

  [[nodiscard]] GroupCells draw(GroupId group, const FaultRates& rates, const FaultConfig& config,
                                const ChipArrangement& arrangement) const;

  ChipId id_;
  PerGroup<SramGeometry> geometry_;
  PerGroup<std::optional<GroupCells>> cells_;
  PerGroup<std::optional<MeasuredCells>> measured_;
  std::optional<IbmRandomMap> weight_map_;
};

}  // namespace brownout::memory
