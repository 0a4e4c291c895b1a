// SPDX-License-Identifier: Apache-2.0
// Loops over channels that the compiler vectorises by itself (layer 3, internal). They are inlined
// into one function per instruction set, which says for which machine they are compiled.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "accel/fast/kernels.h"
#include "models/requantize.h"

namespace brownout::accel::fast {

using Accumulators = std::array<std::int32_t, kLanes>;

/// Turns the accumulators of 16 channels into `count` codes at `output`.
using Finish = void (*)(const Accumulators&, const Requant&, const RequantLanes&,
                        std::uint8_t* output, int count);

/// The definition of Finish.
[[gnu::always_inline]] inline void requantize_lanes(const Accumulators& accumulators,
                                                    const Requant& requant, const RequantLanes& r,
                                                    std::uint8_t* output, int count) {
  const int narrow = requant.narrow ? 32 : 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const std::int64_t sum =
        static_cast<std::int64_t>(accumulators[i]) * r.multiplier[i] + r.addend[i & 1U][i >> 1U];
    output[i] = models::clamp_code((sum >> (r.shift[i] + narrow)) + requant.offset, requant.lowest,
                                   requant.highest);
  }
}

/// Accumulators to where the task wants them: `block` of output pixel `pixel`.
template <Finish Store>
[[gnu::always_inline]] inline void store_lanes(const WindowTask& task, int pixel, int block,
                                               const Accumulators& accumulators) {
  const int channel = block * kLanes;
  const int count = std::min(kLanes, task.channels - channel);
  const std::ptrdiff_t offset = task.output_offsets[pixel] + channel;
  if (task.requant == nullptr) {
    std::copy_n(accumulators.begin(), count, task.raw + offset);
    return;
  }
  Store(accumulators, *task.requant,
        task.requant->blocks[task.first_block + static_cast<std::size_t>(block)],
        task.output + offset, count);
}

/// Kernels::depthwise.
template <Finish Store>
[[gnu::always_inline]] inline void depthwise_loop(const WindowTask& task) {
  const int blocks = (task.channels + kLanes - 1) / kLanes;
  const std::ptrdiff_t tap_weights = std::ptrdiff_t{blocks} * kLanes;
  for (int pixel = 0; pixel < task.pixels; ++pixel) {
    for (int block = 0; block < blocks; ++block) {
      const std::ptrdiff_t channel = std::ptrdiff_t{block} * kLanes;
      const std::uint8_t* x = task.input + task.input_offsets[pixel] + channel;
      const std::int8_t* w = task.weights + channel;
      // Unsigned, because overflow must wrap.
      std::array<std::uint32_t, kLanes> sum;
      std::copy_n(task.bias + channel, kLanes, sum.begin());
      for (int s = 0; s < task.segments; ++s, w += tap_weights) {
        const std::uint8_t* tap = x + task.segment_offsets[s];
        for (std::size_t i = 0; i < kLanes; ++i)
          sum[i] += static_cast<std::uint32_t>(tap[i] * w[i]);
      }
      Accumulators accumulators;
      for (std::size_t i = 0; i < kLanes; ++i) accumulators[i] = static_cast<std::int32_t>(sum[i]);
      store_lanes<Store>(task, pixel, block, accumulators);
    }
  }
}

/// Kernels::add.
[[gnu::always_inline]] inline void add_loop(const AddPlan& plan, const AddTask& task) {
  // Locals, because the output's bytes may alias anything else.
  const std::uint8_t* __restrict__ a = task.a;
  const std::uint8_t* __restrict__ b = task.b;
  std::uint8_t* __restrict__ output = task.output;
  const std::size_t count = task.count;
  const AddPlan p = plan;
  if (!p.exact_in_32_bits) {
    for (std::size_t i = 0; i < count; ++i) {
      output[i] = models::add_codes(p.add, a[i] - p.zero_point_a, b[i] - p.zero_point_b);
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t high = a[i] * p.high_a + b[i] * p.high_b + p.high;
    const std::int32_t low = a[i] * p.low_a + b[i] * p.low_b + p.low;
    const std::int32_t code = (high + (low >> 16)) >> p.shift;
    output[i] = static_cast<std::uint8_t>(std::min(std::max(code, p.add.lowest), p.add.highest));
  }
}

}  // namespace brownout::accel::fast
