// SPDX-License-Identifier: Apache-2.0
// How a buffer uses the cells of its macros (layer 2): columns behind the word's, spare lines,
// interleaving, a bank of their own for the most significant bits. docs/protection.md says what
// each is for.
//
// A macro of R rows and C bits has cells (row, column), rows 0 .. R-1 and spare rows behind them,
// columns 0 .. C-1, check columns and spare columns behind them. A cell's numbers depend on its
// place only, so none of this changes the cells of the plain macro.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/fault_config.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cell.h"

namespace brownout::memory {

/// Spare rows and columns of every macro, and what the test that assigns them finds.
struct Redundancy {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  FaultRates tested;  ///< shares of cells that fail at the voltage of the test

  [[nodiscard]] bool empty() const { return rows == 0 && columns == 0; }
};

struct CellLayout {
  Redundancy redundancy;
  std::uint32_t interleave = 1;  ///< words that share the rows of as many; divides the rows
  std::uint32_t safe_bits = 0;   ///< most significant bits of every byte in a bank of their own

  /// Columns of a row: the word's, check bits', spare ones.
  [[nodiscard]] std::uint32_t columns(const MacroGeometry& macro) const {
    return macro.word_bits + macro.check_bits + redundancy.columns;
  }
  [[nodiscard]] bool is_safe(BitId bit, std::uint32_t word_bits) const {
    return bit.value() < word_bits && bit.value() % 8 >= 8 - safe_bits;
  }
};

/// Cells of a buffer by what they are for.
struct AreaBits {
  std::uint64_t data = 0;
  std::uint64_t check = 0;  ///< of the error-correcting code
  std::uint64_t spare = 0;  ///< spare rows and columns
  std::uint64_t safe = 0;   ///< of `data`, those in the bank of the safe bits

  [[nodiscard]] std::uint64_t total() const { return data + check + spare; }
};

/// Spare rows have no cells in the safe bank.
[[nodiscard]] AreaBits area_bits(const SramGeometry& geometry, const CellLayout& layout);

/// Physical row of bit `bit` of the word whose row would be `row`: (row - row % D) +
/// (row % D + bit) % D. The D words of a block share its D rows so that D neighbouring cells of a
/// row belong to D words, as column multiplexing has it; each column keeps its bit.
[[nodiscard]] RowId interleaved_row(RowId row, BitId bit, std::uint32_t interleave);
/// Its inverse: the row of the word whose bit `column` lies in physical row `row`.
[[nodiscard]] RowId word_row(RowId row, BitId column, std::uint32_t interleave);

/// The same buffer with the spare rows as rows and the spare columns as check bits.
[[nodiscard]] SramGeometry with_spares(const SramGeometry& geometry, const CellLayout& layout);

/// Weak cells of a buffer by what makes them fail.
struct CellLists {
  std::vector<WeakCell> curve;
  std::vector<WeakCell> slow;
};

/// Cells of the words in the buffer's own bank, of its check bits there, and of the bank of its
/// safe bits.
struct BankedCells {
  CellLists own;
  CellLists check;
  CellLists safe;
};

/// From the cells of the macros, as draw_cells() gives them, to the bits of the buffer's words: the
/// own bank repaired (redundancy.h), both interleaved.
[[nodiscard]] BankedCells lay_out(const SramGeometry& geometry, const CellLayout& layout,
                                  CellLists cells);

}  // namespace brownout::memory
