// SPDX-License-Identifier: Apache-2.0
#include "memory/cell_layout.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "memory/redundancy.h"

namespace brownout::memory {
namespace {

/// Moves the cells that `are_taken` out of `cells`, all in their order.
template <class Taken>
std::vector<WeakCell> take(std::vector<WeakCell>& cells, Taken are_taken) {
  const auto taken = std::stable_partition(cells.begin(), cells.end(),
                                           [&](const WeakCell& cell) { return !are_taken(cell); });
  std::vector<WeakCell> result(taken, cells.end());
  cells.erase(taken, cells.end());
  return result;
}

template <class Taken>
CellLists take(CellLists& cells, Taken are_taken) {
  return {take(cells.curve, are_taken), take(cells.slow, are_taken)};
}

/// From words with spare rows to the buffer's words. A safe bank has no spare rows.
void to_words(std::vector<WeakCell>& cells, const SramGeometry& geometry,
              const CellLayout& layout) {
  if (layout.interleave == 1 && layout.redundancy.rows == 0) return;
  const SramGeometry physical = with_spares(geometry, layout);
  std::size_t kept = 0;
  for (const WeakCell& cell : cells) {
    const WordLocation at = physical.locate(cell.word);
    if (at.row.value() >= geometry.macro().rows) continue;
    cells[kept] = cell;
    cells[kept++].word = geometry.word_at(at.macro, word_row(at.row, cell.bit, layout.interleave));
  }
  cells.resize(kept);
}

}  // namespace

AreaBits area_bits(const SramGeometry& geometry, const CellLayout& layout) {
  const std::uint64_t words = geometry.words();
  const std::uint64_t word_bits = geometry.macro().word_bits;
  const std::uint64_t safe_bits = word_bits / 8 * layout.safe_bits;
  const std::uint64_t spare_rows = std::uint64_t{geometry.macros()} * layout.redundancy.rows;
  AreaBits bits;
  bits.data = words * word_bits;
  bits.check = words * geometry.macro().check_bits;
  bits.spare = spare_rows * (word_bits - safe_bits + geometry.macro().check_bits) +
               (words + spare_rows) * layout.redundancy.columns;
  bits.safe = words * safe_bits;
  return bits;
}

RowId interleaved_row(RowId row, BitId bit, std::uint32_t interleave) {
  const std::uint32_t in_block = row.value() % interleave;
  return RowId(row.value() - in_block + (in_block + bit.value()) % interleave);
}

RowId word_row(RowId row, BitId column, std::uint32_t interleave) {
  const std::uint32_t in_block = row.value() % interleave;
  const std::uint32_t back = interleave - column.value() % interleave;
  return RowId(row.value() - in_block + (in_block + back) % interleave);
}

SramGeometry with_spares(const SramGeometry& geometry, const CellLayout& layout) {
  MacroGeometry macro = geometry.macro();
  macro.rows += layout.redundancy.rows;
  macro.check_bits += layout.redundancy.columns;
  return {macro, Bytes(macro.bytes() * geometry.macros()), geometry.banks()};
}

BankedCells lay_out(const SramGeometry& geometry, const CellLayout& layout, CellLists cells) {
  const std::uint32_t word_bits = geometry.macro().word_bits;
  BankedCells banked;
  if (layout.safe_bits > 0) {
    banked.safe =
        take(cells, [&](const WeakCell& cell) { return layout.is_safe(cell.bit, word_bits); });
  }
  banked.own = std::move(cells);
  repair(geometry, layout, banked.own);
  if (geometry.macro().check_bits > 0) {
    banked.check =
        take(banked.own, [&](const WeakCell& cell) { return cell.bit.value() >= word_bits; });
  }
  for (CellLists* lists : {&banked.own, &banked.check, &banked.safe}) {
    to_words(lists->curve, geometry, layout);
    to_words(lists->slow, geometry, layout);
  }
  return banked;
}

}  // namespace brownout::memory
