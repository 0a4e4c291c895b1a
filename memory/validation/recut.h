// SPDX-License-Identifier: Apache-2.0
// The same cells in other blocks (layer 2): what was measured as one large matrix cut into the
// arrays it consists of, and a sample of the blocks of a map too large to resample.
#pragma once

#include <cstdint>

#include "memory/fault_map.h"

namespace brownout::memory::validation {

/// Each block of `map` cut into tiles of `rows` x `bits`, numbered along words, then downwards.
/// Throws InputError unless the blocks consist of whole tiles.
[[nodiscard]] FaultMap cut_blocks(const FaultMap& map, std::uint32_t rows, std::uint32_t bits);

/// Every `step`th block of `map`, the first one included.
[[nodiscard]] FaultMap every_block(const FaultMap& map, std::uint32_t step);

}  // namespace brownout::memory::validation
