// SPDX-License-Identifier: Apache-2.0
// Kernels without intrinsics.
#include "accel/fast/channel_loops.h"
#include "accel/fast/kernels.h"

namespace brownout::accel::fast {
namespace {

void finish(const Accumulators& accumulators, const Requant& requant, const RequantLanes& lanes,
            std::uint8_t* output, int count) {
  requantize_lanes(accumulators, requant, lanes, output, count);
}

/// 16 channels of one output pixel.
Accumulators accumulate(const WindowTask& task, int pixel, int block) {
  std::array<std::uint32_t, kLanes> sum;
  std::copy_n(task.bias + std::ptrdiff_t{block} * kLanes, kLanes, sum.begin());
  const std::ptrdiff_t panel = std::ptrdiff_t{task.segments} * task.quads * kLanes * 4;
  const std::int8_t* w = task.weights + block * panel;
  for (int s = 0; s < task.segments; ++s) {
    const std::uint8_t* x = task.input + task.input_offsets[pixel] + task.segment_offsets[s];
    for (int q = 0; q < task.quads; ++q, x += 4, w += std::ptrdiff_t{4} * kLanes) {
      for (std::size_t i = 0; i < kLanes; ++i) {
        const std::int8_t* v = w + 4 * i;
        sum[i] += static_cast<std::uint32_t>(x[0] * v[0] + x[1] * v[1] + x[2] * v[2] + x[3] * v[3]);
      }
    }
  }
  Accumulators accumulators;
  for (std::size_t i = 0; i < kLanes; ++i) accumulators[i] = static_cast<std::int32_t>(sum[i]);
  return accumulators;
}

void conv(const WindowTask& task) {
  for (int block = 0; block * kLanes < task.channels; ++block) {
    for (int pixel = 0; pixel < task.pixels; ++pixel) {
      store_lanes<finish>(task, pixel, block, accumulate(task, pixel, block));
    }
  }
}

void depthwise(const WindowTask& task) { depthwise_loop<finish>(task); }

void add(const AddPlan& plan, const AddTask& task) { add_loop(plan, task); }

}  // namespace

const Kernels kPortableKernels = {conv, depthwise, add};

}  // namespace brownout::accel::fast
