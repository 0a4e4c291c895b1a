// SPDX-License-Identifier: Apache-2.0
// Which random numbers a cell has (layer 2). All come from Philox keyed by the chip; the first
// counter word tells the buffer and the kind of number, so that no two kinds share any. A cell's
// bit is its column in the row: check bits follow the word's.
#pragma once

#include <cstdint>

namespace brownout::memory {

enum class CellNumber : std::uint32_t {
  kRank = 0,        ///< {macro, row, bit / 4}, output bit % 4
  kTraits = 1,      ///< {macro, row, bit}: preferred state, mechanism, fail probability
  kAccessRank = 2,  ///< the same of cells that are too slow
  kAccessTraits = 3,
  kReadDraw = 4,  ///< {word, layer, image}, bit beside the kind
  kMacroWeight = 5,
  kColumnWeight = 6,
  kRowWeight = 7,
  kBlockRank = 8,     ///< {n}: order of blocks in random placement
  kMapState = 9,      ///< {cell of the map}: preferred state, where that was not measured
  kWeightOrder = 10,  ///< {n, layer}: order of weights in ibm_random_shuffled
};

[[nodiscard]] constexpr std::uint32_t counter_word(std::uint32_t group, CellNumber number) {
  return group | static_cast<std::uint32_t>(number) << 8U;
}

}  // namespace brownout::memory
