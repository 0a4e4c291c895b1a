// SPDX-License-Identifier: Apache-2.0
// Sums that failing cells change on the way (layer 3, internal to the fast engine).
#pragma once

#include <cstdint>

#include "accel/fast/activation_faults.h"
#include "accel/fast/channel_ops.h"
#include "models/graph.h"

namespace brownout::accel::fast {

/// One accumulator of a convolution as the array computes it: tile by tile, its partial sums read
/// back through `sum`'s cells. `in` is the input as read from the ifmap buffer.
[[nodiscard]] std::int32_t faulty_sum(const models::Conv& conv, const PartialSumFaults& faults,
                                      const FaultySum& sum, const ConstView& in,
                                      const models::Shape& output);

}  // namespace brownout::accel::fast
