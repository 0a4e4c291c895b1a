// SPDX-License-Identifier: Apache-2.0
// Sums that failing cells change on the way (layer 3, internal to the fast engine).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "accel/fast/activation_faults.h"
#include "accel/fast/channel_ops.h"
#include "models/graph.h"

namespace brownout::accel::fast {

/// Accumulators of a convolution as the array computes them: tile by tile, their partial sums read
/// back through failing cells. `in` is the input as read from the ifmap buffer.
class FaultySums {
 public:
  FaultySums(const models::Conv& conv, const PartialSumFaults& faults, const ConstView& in,
             const models::Shape& output)
      : conv_(conv), faults_(faults), in_(in), output_(output) {}

  /// Calls put(element, accumulator) for every sum with failing cells.
  void each(const std::function<void(std::uint64_t, std::int32_t)>& put) const;

 private:
  /// Products of kernel elements [begin, end) for `element`, modulo 2^32.
  [[nodiscard]] std::uint32_t tile(std::uint64_t element, std::uint32_t begin,
                                   std::uint32_t end) const;
  /// Sums of `count` elements from `first` on; read(sums) is what becomes of partial sums between
  /// two tiles.
  template <class Read>
  void accumulate(std::uint64_t first, std::vector<std::int32_t>& sums, Read read) const;

  const models::Conv& conv_;
  const PartialSumFaults& faults_;
  const ConstView& in_;
  const models::Shape& output_;
};

}  // namespace brownout::accel::fast
