// SPDX-License-Identifier: Apache-2.0
// One cell of a chip that fails at some voltage of interest (layer 2).
#pragma once

#include <cstdint>

#include "memory/group.h"
#include "memory/mechanism.h"
#include "sim/core/index.h"

namespace brownout::memory {

/// The bits of a word, or those of its error code.
enum class WordPart : std::uint8_t { kData, kCheck };

struct WeakCell {
  std::uint32_t u = 0;  ///< rank in [0, 2^32): fails while u < BER * 2^32
  WordId word;
  BitId bit;               ///< column in the row: check bits come behind the word's
  bool reads_one = false;  ///< preferred state
  Mechanism mechanism = Mechanism::kStuckAt;
  std::uint32_t chance = 0;  ///< of is_random(): an access fails when its draw is at most this
};

/// Which cells to draw: those that fail by the curve, or those too slow for the clock. They are
/// independent of each other.
struct CellFamily {
  ChipId chip;
  GroupId group = GroupId::kIfmap;
  bool too_slow = false;
  WordPart part = WordPart::kData;  ///< where only one is asked for
};

/// Cells fail at `rate` whose u is below this: u < rate * 2^32 over integers.
[[nodiscard]] std::uint64_t rank_limit(double rate);

/// The largest draw with which an access fails that fails with `probability`, above 0.
[[nodiscard]] std::uint32_t chance_of(double probability);

/// Whether an access fails at a cell of is_random(): its layer and image are the access number
/// (docs/faults.md).
[[nodiscard]] bool fails_access(const CellFamily& family, const WeakCell& cell, std::uint32_t layer,
                                std::uint32_t image);

}  // namespace brownout::memory
