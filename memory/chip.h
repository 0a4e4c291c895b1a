// SPDX-License-Identifier: Apache-2.0
// A chip (layer 2): the weak cells of its three buffers, all from one seed or as measured.
#pragma once

#include <optional>

#include "memory/group.h"
#include "memory/ibm_random.h"
#include "memory/macro_order.h"
#include "memory/measured_cells.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cells.h"
#include "sim/core/index.h"

namespace brownout::memory {

/// Cells that fail at up to a given rate, drawn once and asked at any lower rate, and measured
/// cells in buffers that have a map.
class Chip {
 public:
  /// `highest` bounds, per group, the rates that the cells will be asked for. Throws InputError
  /// when the mapping ibm_random has no such chip or a map too few blocks.
  Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<FaultRates>& highest,
       const FaultConfig& config)
      : Chip(id, geometry, highest, config, macro_order(config, geometry, id)) {}
  /// The same with block order[m] in place of macro m, whatever the configuration's order.
  Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<FaultRates>& highest,
       const FaultConfig& config, const PerGroup<MacroOrder>& order);

  [[nodiscard]] ChipId id() const { return id_; }
  [[nodiscard]] const SramGeometry& geometry(GroupId group) const { return geometry_[group]; }
  /// Cells that fail at `rates`, but for those too slow.
  [[nodiscard]] CellRange failing(GroupId group, const FaultRates& rates,
                                  WordPart part = WordPart::kData) const;
  /// What changes with the rates, but for cells too slow.
  [[nodiscard]] CellChange change(GroupId group, const FaultRates& from, const FaultRates& to,
                                  WordPart part = WordPart::kData) const;
  /// Those that fail by the voltage curve; none in a buffer that has a map. With the mapping
  /// ibm_random the filter buffer has none: the weights' faults are in weight_map(); check bits
  /// keep theirs.
  [[nodiscard]] const WeakCells& weak_cells(GroupId group, WordPart part = WordPart::kData) const {
    return *cells_[group].at(part).curve;
  }
  /// Faults that belong to weights instead of addresses; null unless so mapped.
  [[nodiscard]] const IbmRandomMap* weight_map() const {
    return weight_map_ ? &*weight_map_ : nullptr;
  }
  /// Those too slow for the clock.
  [[nodiscard]] const WeakCells& slow_cells(GroupId group, WordPart part = WordPart::kData) const {
    return *cells_[group].at(part).slow;
  }

 private:
  struct PartCells {
    std::optional<WeakCells> curve;
    std::optional<WeakCells> slow;
  };
  struct GroupCells {
    PartCells data;
    PartCells check;
    [[nodiscard]] const PartCells& at(WordPart part) const {
      return part == WordPart::kData ? data : check;
    }
  };

  ChipId id_;
  PerGroup<SramGeometry> geometry_;
  PerGroup<GroupCells> cells_;
  PerGroup<std::optional<MeasuredCells>> measured_;
  std::optional<IbmRandomMap> weight_map_;
};

}  // namespace brownout::memory
