// SPDX-License-Identifier: Apache-2.0
// Where a word of an SRAM group lies (layer 2): group -> bank -> macro -> row. One place for the
// address arithmetic that engines, fault maps and traces share.
#pragma once

#include <cstdint>

#include "sim/core/index.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// A macro, the unit a memory compiler delivers: `rows` words of `word_bits` bits.
struct MacroGeometry {
  std::uint32_t rows = 512;
  std::uint32_t word_bits = 64;  ///< 8, 16, 32 or 64; data
  std::uint32_t check_bits = 0;  ///< of an error code: the row's columns from word_bits on

  [[nodiscard]] std::uint32_t word_bytes() const { return word_bits / 8; }
  /// Of data.
  [[nodiscard]] std::uint64_t bytes() const {
    return static_cast<std::uint64_t>(rows) * word_bytes();
  }
};

/// Row of a macro a word occupies.
struct WordLocation {
  MacroId macro;
  RowId row;
};

/// One operand's buffer: equal macros behind `banks` ports. Consecutive words lie in consecutive
/// banks, so `banks` words of a burst are read in one cycle; inside a bank, words fill one macro
/// after another.
class SramGeometry {
 public:
  /// Throws InputError unless `capacity` is a whole number of macros and `banks` divides it.
  SramGeometry(MacroGeometry macro, Bytes capacity, std::uint32_t banks);

  [[nodiscard]] const MacroGeometry& macro() const { return macro_; }
  [[nodiscard]] std::uint32_t macros() const { return macros_; }
  [[nodiscard]] std::uint32_t banks() const { return banks_; }
  [[nodiscard]] std::uint32_t words() const { return macros_ * macro_.rows; }
  [[nodiscard]] std::uint64_t capacity_bytes() const { return macros_ * macro_.bytes(); }

  [[nodiscard]] WordLocation locate(WordId word) const;
  [[nodiscard]] WordId word_at(MacroId macro, RowId row) const;
  /// Word and byte that hold fetch position `position` of an operand (DESIGN section 6).
  [[nodiscard]] WordId word_of_position(std::uint64_t position) const {
    return WordId(static_cast<std::uint32_t>(position / macro_.word_bytes() % words()));
  }

 private:
  MacroGeometry macro_;
  std::uint32_t macros_;
  std::uint32_t banks_;
};

}  // namespace brownout::memory
