// SPDX-License-Identifier: Apache-2.0
// Cycles lost where several accesses of a cycle meet in one bank of a buffer (layer 3). They depend
// on addresses only, so lowering computes them once and both engines pay the same.
#pragma once

#include <cstdint>

#include "accel/conv_geometry.h"
#include "accel/vector_geometry.h"
#include "memory/chip.h"
#include "memory/sram_geometry.h"

namespace brownout::accel {

/// The datapath's side of a buffer: every bank serves `ports` accesses a cycle, the DMA engine has
/// a port of its own.
struct BankedBuffer {
  memory::SramGeometry geometry;
  std::uint32_t ports = 1;
};

/// Cycles by the buffer that was waited for.
using ConflictCycles = memory::PerGroup<std::uint64_t>;

/// Of a whole fold. A cycle in which a bank is asked for `a` words takes ceil(a / ports) cycles,
/// and the whole array waits; the excess is charged to the buffer that needs most, the first of
/// equals. Lanes do not share words: accesses are those that are counted.
[[nodiscard]] ConflictCycles fold_conflicts(const ConvGeometry& conv, const Fold& fold,
                                            const memory::PerGroup<BankedBuffer>& buffers);

/// Of output words [begin, end) of the vector unit, which reads `words_per_cycle` words at once.
[[nodiscard]] std::uint64_t vector_conflicts(const VectorGeometry& vector, std::uint64_t begin,
                                             std::uint64_t end, std::uint32_t words_per_cycle,
                                             const BankedBuffer& ifmap);

}  // namespace brownout::accel
