// SPDX-License-Identifier: Apache-2.0
// A chip (layer 2): the weak cells of its three buffers, all from one seed.
#pragma once

#include <array>
#include <optional>

#include "memory/ibm_random.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cells.h"
#include "sim/core/index.h"

namespace brownout::memory {

constexpr std::array<GroupId, 3> kGroups = {GroupId::kIfmap, GroupId::kFilter, GroupId::kOfmap};

/// One value for each of the accelerator's buffers.
template <class T>
class PerGroup {
 public:
  PerGroup() = default;
  PerGroup(T ifmap, T filter, T ofmap)
      : values_{std::move(ifmap), std::move(filter), std::move(ofmap)} {}

  [[nodiscard]] T& operator[](GroupId group) { return values_[static_cast<std::size_t>(group)]; }
  [[nodiscard]] const T& operator[](GroupId group) const {
    return values_[static_cast<std::size_t>(group)];
  }
  friend bool operator==(const PerGroup& a, const PerGroup& b) { return a.values_ == b.values_; }

 private:
  std::array<T, 3> values_{};
};

/// Cells that fail at up to a given rate, drawn once and asked at any lower rate.
class Chip {
 public:
  /// `highest` bounds, per group, the rates that the cells will be asked for. Throws InputError
  /// when the mapping ibm_random has no such chip.
  Chip(ChipId id, const PerGroup<SramGeometry>& geometry, const PerGroup<FaultRates>& highest,
       const FaultConfig& config);

  [[nodiscard]] ChipId id() const { return id_; }
  [[nodiscard]] const SramGeometry& geometry(GroupId group) const { return geometry_[group]; }
  /// Those that fail by the voltage curve. With the mapping ibm_random the filter buffer has none:
  /// the weights' faults are in weight_map(); check bits keep theirs.
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
  std::optional<IbmRandomMap> weight_map_;
};

}  // namespace brownout::memory
