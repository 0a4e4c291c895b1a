// SPDX-License-Identifier: Apache-2.0
#include "accel/weight_map_faults.h"

#include <variant>

namespace brownout::accel {

WeightMapFaults::WeightMapFaults(const FaultContext& context, const memory::IbmRandomMap& map)
    : context_(context), map_(map) {}

void WeightMapFaults::set_rates(const memory::BufferRates& rates) {
  bytes_.clear();
  if (map_.failing(rates.own.curve) > 0) bytes_ = map_.masks(rates.own.curve);
  for (LayerMask& entry : layers_) entry.layer.reset();
}

const memory::FaultMask& WeightMapFaults::reading(std::uint32_t layer) {
  for (const LayerMask& entry : layers_) {
    if (entry.layer == layer) return entry.mask;
  }
  LayerMask& entry = layers_[next_];
  next_ = 1 - next_;
  entry.mask = make_mask(layer);
  entry.layer = layer;
  return entry.mask;
}

memory::FaultMask WeightMapFaults::make_mask(std::uint32_t layer) const {
  memory::FaultMask mask;
  const ConvGeometry* conv = context_.program.layers[layer].conv();
  if (conv == nullptr || bytes_.empty()) return mask;
  const std::uint64_t word_bytes = conv->mapping().word_bytes;
  mask.keep.assign(conv->filter_bytes() / word_bytes, ~std::uint64_t{0});
  mask.flip.assign(mask.keep.size(), 0);
  for (std::uint64_t index = 0; index < conv->folds(); ++index) {
    const Fold fold = conv->fold(index);
    if (!conv->first_use_of_filter(fold)) continue;
    for (std::uint32_t line = 0; line < conv->filter_lines(fold); ++line) {
      const std::uint64_t begin = fold.filter_base + line * fold.filter_pitch;
      conv->visit_filter_line(
          fold, line,
          [&](std::uint32_t lane, std::uint32_t count, std::size_t weight, std::size_t stride) {
            for (std::uint32_t i = 0; i < count; ++i, weight += stride) {
              const std::uint64_t position = begin + lane + i;
              const memory::ByteMask& byte = bytes_[memory::IbmRandomMap::byte_of(weight)];
              const std::uint64_t shift = position % word_bytes * 8;
              mask.keep[position / word_bytes] &=
                  ~(std::uint64_t{0xff} << shift) | std::uint64_t{byte.keep} << shift;
              mask.flip[position / word_bytes] |= std::uint64_t{byte.flip} << shift;
            }
          });
    }
  }
  return mask;
}

}  // namespace brownout::accel
