// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/partial_sums.h"

namespace brownout::accel::fast {

std::int32_t faulty_sum(const models::Conv& conv, const PartialSumFaults& faults,
                        const FaultySum& sum, const ConstView& in, const models::Shape& output) {
  const models::Window& window = conv.window;
  const auto outputs = static_cast<std::uint64_t>(output.channels);
  const auto n = static_cast<int>(sum.element % outputs);
  const auto pixel = static_cast<int>(sum.element / outputs);
  const int top = pixel / output.width * window.stride_h - window.pad_top;
  const int left = pixel % output.width * window.stride_w - window.pad_left;
  const models::Shape& input = in.layout.shape;
  const int channels = input.channels / conv.groups;
  const int first_channel = n / (output.channels / conv.groups) * channels;
  const int taps = window.kernel_h * window.kernel_w;
  const std::int8_t* weights =
      &faults.weights[static_cast<std::size_t>(n) * static_cast<std::size_t>(channels * taps)];

  auto total = static_cast<std::uint32_t>(conv.bias[static_cast<std::size_t>(n)]);
  std::uint32_t k = 0;
  for (int tap = 0; tap < taps; ++tap) {
    const int y = models::source_index(top + tap / window.kernel_w * window.dilation_h,
                                       window.spread_h, input.height);
    const int x = models::source_index(left + tap % window.kernel_w * window.dilation_w,
                                       window.spread_w, input.width);
    const std::uint8_t* codes =
        y < 0 || x < 0 ? nullptr : in.bytes + in.layout.offset(y, x) + first_channel;
    for (int c = 0; c < channels; ++c, ++k) {
      if (k > 0 && k % faults.k_tile == 0) total = (total & sum.keep) ^ sum.flip;
      if (codes == nullptr) continue;
      total +=
          static_cast<std::uint32_t>((codes[c] - in.layout.zero_point) * weights[c * taps + tap]);
    }
  }
  return static_cast<std::int32_t>(total);
}

}  // namespace brownout::accel::fast
