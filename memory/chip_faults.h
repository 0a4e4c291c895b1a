// SPDX-License-Identifier: Apache-2.0
// The failing cells of one of a chip's buffers at its present supply (layer 2), by address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "memory/chip.h"
#include "memory/fault_source.h"

namespace brownout::memory {

class ChipFaults : public FaultSource {
 public:
  /// Everything healthy until set_rates(); `chip` must outlive it. `image` is part of the number of
  /// every access (docs/faults.md). A buffer's check bits have faults of their own.
  ChipFaults(const Chip& chip, GroupId group, Storage storage, std::uint32_t image,
             WordPart part = WordPart::kData);

  /// Takes time that grows with the cells that change.
  void set_rates(const BufferRates& rates) override;
  const FaultMask& reading(std::uint32_t layer) override;
  const HoldMask& holding() const override { return hold_; }

 private:
  /// A layer's masks, with the accesses that fail in it.
  struct LayerMask {
    std::optional<std::uint32_t> layer;
    FaultMask mask;
    std::uint64_t last_use = 0;
  };

  void move_curve(const BufferRates& rates, BitBank bank);
  void move_slow(const BufferRates& rates, BitBank bank);
  void move_cells(const CellRange& cells, bool fail);
  void toggle_hold(const WeakCell& cell);
  [[nodiscard]] const FaultMask& steady() const { return slow_mask_.empty() ? mask_ : both_; }
  void draw(LayerMask& entry, std::uint32_t layer) const;
  void draw_bank(FaultMask& mask, BitBank bank, std::uint32_t layer) const;

  /// Of either bank: they know the part's columns.
  [[nodiscard]] const WeakCells& weak() const {
    return chip_.weak_cells(family_.group, family_.part);
  }

  const Chip& chip_;
  CellFamily family_;
  Storage storage_;
  std::uint32_t image_;
  std::uint32_t words_;
  BufferRates rates_;
  FaultMask mask_;       ///< of cells that fail by the curve
  FaultMask slow_mask_;  ///< of cells too slow
  FaultMask both_;       ///< one after the other; kept only when there are slow cells
  HoldMask hold_;
  std::size_t random_ = 0;  ///< failing cells of is_random() mechanisms
  std::array<LayerMask, 2> layers_;
  std::uint64_t uses_ = 0;
};

}  // namespace brownout::memory
