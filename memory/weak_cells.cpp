// SPDX-License-Identifier: Apache-2.0
#include "memory/weak_cells.h"

#include <algorithm>
#include <utility>

#include "memory/cell_draw.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

/// What mask bits a failing cell differs in from a healthy one, whose are keep 1, flip 0.
struct MaskChange {
  bool keep = false;
  bool flip = false;
};

MaskChange change_of(const WeakCell& cell, Storage storage) {
  switch (cell.mechanism) {
    case Mechanism::kInvertedRead:
      return {false, true};
    case Mechanism::kRandomRead:
    case Mechanism::kRandomInversion:
      return {};
    case Mechanism::kWriteFailure:
      if (storage == Storage::kTracked) return {};
      break;
    case Mechanism::kStuckAt:
    case Mechanism::kRetention:
    case Mechanism::kAccessTime:
      break;
  }
  return {true, cell.reads_one};
}

std::vector<WeakCell> part_of(std::vector<WeakCell> cells, WordPart part,
                              const SramGeometry& geometry) {
  const auto other = [&](const WeakCell& cell) {
    return (cell.bit.value() >= geometry.macro().word_bits) != (part == WordPart::kCheck);
  };
  cells.erase(std::remove_if(cells.begin(), cells.end(), other), cells.end());
  return cells;
}

}  // namespace

WeakCells::WeakCells(std::vector<WeakCell> cells, std::uint32_t words, double highest_rate,
                     std::uint32_t first_column)
    : cells_(std::move(cells)),
      words_(words),
      highest_rate_(highest_rate),
      first_column_(first_column) {
  std::sort(cells_.begin(), cells_.end(), [](const WeakCell& a, const WeakCell& b) {
    if (a.u != b.u) return a.u < b.u;
    if (a.word != b.word) return a.word < b.word;
    return a.bit < b.bit;
  });
}

WeakCells::WeakCells(const CellFamily& family, const SramGeometry& geometry, double highest_rate,
                     const FaultConfig& config)
    : WeakCells(
          part_of(draw_cells(family, geometry, {}, highest_rate, config), family.part, geometry),
          geometry.words(), highest_rate,
          family.part == WordPart::kCheck ? geometry.macro().word_bits : 0) {}

std::size_t WeakCells::failing(double rate) const {
  require(rate <= highest_rate_, "weak cells asked for a rate above the one they were drawn for");
  const std::uint64_t limit = rank_limit(rate);
  const auto end = std::partition_point(cells_.begin(), cells_.end(),
                                        [&](const WeakCell& cell) { return cell.u < limit; });
  return static_cast<std::size_t>(end - cells_.begin());
}

FaultMask WeakCells::mask(double rate, Storage storage) const {
  FaultMask mask;
  if (failing(rate) > 0) move(mask, 0, rate, storage);
  return mask;
}

void WeakCells::move(FaultMask& mask, double from, double to, Storage storage) const {
  const CellChange differ = change(from, to);
  toggle(mask, differ.healed, storage);
  toggle(mask, differ.failed, storage);
}

CellChange WeakCells::change(double from, double to) const {
  const WeakCell* const before = cells_.data() + failing(from);
  const WeakCell* const after = cells_.data() + failing(to);
  if (before < after) return {{}, {before, after}};
  return {{after, before}, {}};
}

void WeakCells::rearrange(const SramGeometry& geometry, const MacroOrder& order) {
  if (std::is_sorted(order.begin(), order.end())) return;
  std::vector<MacroId> place(order.size());
  for (std::uint32_t macro = 0; macro < order.size(); ++macro) {
    place.at(order[macro]) = MacroId(macro);
  }
  for (WeakCell& cell : cells_) {
    const WordLocation at = geometry.locate(cell.word);
    cell.word = geometry.word_at(place.at(at.macro.value()), at.row);
  }
}

void WeakCells::toggle(FaultMask& mask, const CellRange& cells, Storage storage) const {
  if (mask.empty() && !cells.empty()) {
    mask.keep.assign(words_, ~std::uint64_t{0});
    mask.flip.assign(words_, 0);
  }
  for (const WeakCell& cell : cells) {
    const MaskChange change = change_of(cell, storage);
    mask.keep[cell.word.value()] ^= change.keep ? mask_bit(cell) : 0;
    mask.flip[cell.word.value()] ^= change.flip ? mask_bit(cell) : 0;
  }
}

}  // namespace brownout::memory
