// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/partial_sums.h"

#include <algorithm>

#include "accel/fast/coded_words.h"

namespace brownout::accel::fast {

std::uint32_t FaultySums::tile(std::uint64_t element, std::uint32_t begin,
                               std::uint32_t end) const {
  const models::Window& window = conv_.window;
  const auto outputs = static_cast<std::uint64_t>(output_.channels);
  const auto n = static_cast<int>(element % outputs);
  const auto pixel = static_cast<int>(element / outputs);
  const int top = pixel / output_.width * window.stride_h - window.pad_top;
  const int left = pixel % output_.width * window.stride_w - window.pad_left;
  const models::Shape& input = in_.layout.shape;
  const auto channels = static_cast<std::uint32_t>(input.channels / conv_.groups);
  const std::uint32_t first_channel =
      static_cast<std::uint32_t>(n / (output_.channels / conv_.groups)) * channels;
  const auto taps = static_cast<std::uint32_t>(window.kernel_h * window.kernel_w);
  const std::int8_t* weights =
      &faults_.weights[static_cast<std::size_t>(n) * static_cast<std::size_t>(channels * taps)];

  std::uint32_t total = 0;
  for (std::uint32_t k = begin; k < end;) {
    const std::uint32_t tap = k / channels;
    const std::uint32_t until = std::min(end, (tap + 1) * channels);
    const auto kernel = static_cast<int>(tap);
    const int y = models::source_index(top + kernel / window.kernel_w * window.dilation_h,
                                       window.spread_h, input.height);
    const int x = models::source_index(left + kernel % window.kernel_w * window.dilation_w,
                                       window.spread_w, input.width);
    if (y < 0 || x < 0) {  // padding
      k = until;
      continue;
    }
    const std::uint8_t* codes = in_.bytes + in_.layout.offset(y, x) + first_channel;
    for (; k < until; ++k) {
      const std::uint32_t c = k - tap * channels;
      total +=
          static_cast<std::uint32_t>((codes[c] - in_.layout.zero_point) * weights[c * taps + tap]);
    }
  }
  return total;
}

template <class Read>
void FaultySums::accumulate(std::uint64_t first, std::vector<std::int32_t>& sums, Read read) const {
  const models::Window& window = conv_.window;
  const auto volume = static_cast<std::uint32_t>(in_.layout.shape.channels / conv_.groups *
                                                 window.kernel_h * window.kernel_w);
  const auto outputs = static_cast<std::uint64_t>(output_.channels);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = conv_.bias[(first + i) % outputs];
  for (std::uint32_t k = 0; k < volume; k += faults_.k_tile) {
    if (k > 0) read(sums);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const std::uint32_t products = tile(first + i, k, std::min(volume, k + faults_.k_tile));
      sums[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[i]) + products);
    }
  }
}

void FaultySums::each(const std::function<void(std::uint64_t, std::int32_t)>& put) const {
  std::vector<std::int32_t> sums(1);
  for (const FaultySum& sum : faults_.sums) {
    accumulate(sum.element, sums, [&](std::vector<std::int32_t>& partial) {
      const auto stored = static_cast<std::uint32_t>(partial.front());
      partial.front() = static_cast<std::int32_t>((stored & sum.keep) ^ sum.flip);
    });
    put(sum.element, sums.front());
  }
  for (const CodedSums& coded : faults_.coded) {
    sums.resize(coded.count);
    accumulate(coded.element, sums,
               [&](std::vector<std::int32_t>& partial) { apply_words(coded.coded, partial); });
    for (std::uint32_t i = 0; i < coded.count; ++i) put(coded.element + i, sums[i]);
  }
}

}  // namespace brownout::accel::fast
