// SPDX-License-Identifier: Apache-2.0
// A buffer as the fast engine asks it (layer 3): what lies between what was written at a fetch
// position and what is read there.
#pragma once

#include <cstdint>

#include "accel/fast/activation_faults.h"
#include "memory/fault_mask.h"
#include "memory/sram_geometry.h"
#include "memory/word_code.h"

namespace brownout::accel {

/// The byte of a fault mask behind a fetch position.
struct ByteMask {
  std::uint8_t keep;
  std::uint8_t flip;
};

/// The failing cells of a buffer, how words lie in it and which code is over them.
struct BufferFaults {
  const memory::SramGeometry& geometry;
  const memory::FaultMask& mask;
  const memory::FaultMask* check_mask = nullptr;  ///< null without check bits
  const memory::WordCode* code = nullptr;         ///< null: none

  [[nodiscard]] bool healthy() const {
    return mask.empty() && (check_mask == nullptr || check_mask->empty());
  }
  [[nodiscard]] bool is_coded() const { return code != nullptr && !code->is_none(); }
  /// Of the cells alone; some must fail.
  [[nodiscard]] ByteMask byte_at(std::uint64_t position) const;
  /// Of the word that holds `position`.
  [[nodiscard]] WordFault word_at(std::uint64_t position) const;
};

}  // namespace brownout::accel
