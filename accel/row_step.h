// SPDX-License-Identifier: Apache-2.0
// The inner loop of the register-level array (layer 3): some cycles of one row of processing
// elements.
#pragma once

#include <cstddef>
#include <cstdint>

#include "accel/fast/isa.h"

namespace brownout::accel {

/// One row over `cycles` cycles.
struct RowStep {
  const std::int16_t* ifmap;   ///< activation registers of the first cycle; each later, one lower
  const std::int16_t* filter;  ///< weight registers of the first cycle; each later, `stride` on
  std::size_t stride;
  std::uint32_t cycles;
  std::uint32_t columns;
};

/// Adds every product to its element's accumulator, wrapping. Operands keep |product| < 2^15.
using RowStepFunction = void (*)(const RowStep& step, std::int32_t* accumulators);

/// The implementation for `isa`; all give the same bits.
[[nodiscard]] RowStepFunction row_step(Isa isa);

}  // namespace brownout::accel
