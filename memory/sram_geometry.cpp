// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_geometry.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::memory {

SramGeometry::SramGeometry(MacroGeometry macro, Bytes capacity, std::uint32_t banks)
    : macro_(macro), macros_(0), banks_(banks) {
  const std::uint32_t bits = macro.word_bits;
  if ((bits != 8 && bits != 16 && bits != 32 && bits != 64) || macro.rows == 0) {
    throw InputError(fmt::format(
        "SRAM macro of {} rows x {} bits, allowed are 8, 16, 32 or 64 bits and at least one row",
        macro.rows, bits));
  }
  const std::uint64_t macros = capacity.count() / macro.bytes();
  if (macros == 0 || capacity.count() % macro.bytes() != 0 || macros * macro.rows > UINT32_MAX) {
    throw InputError(fmt::format("SRAM group of {} bytes, allowed are multiples of its macro's {}",
                                 capacity.count(), macro.bytes()));
  }
  if (banks == 0 || macros % banks != 0) {
    throw InputError(fmt::format("{} banks do not divide the group's {} macros", banks, macros));
  }
  macros_ = static_cast<std::uint32_t>(macros);
}

WordLocation SramGeometry::locate(WordId word) const {
  const std::uint32_t in_bank = word.value() / banks_;
  return {MacroId(in_bank / macro_.rows * banks_ + word.value() % banks_),
          RowId(in_bank % macro_.rows)};
}

WordId SramGeometry::word_at(MacroId macro, RowId row) const {
  const std::uint32_t in_bank = macro.value() / banks_ * macro_.rows + row.value();
  return WordId(in_bank * banks_ + macro.value() % banks_);
}

}  // namespace brownout::memory
