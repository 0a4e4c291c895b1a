// SPDX-License-Identifier: Apache-2.0
#include "accel/weight_map_faults.h"

#include <utility>
#include <variant>

#include "memory/cell_counters.h"
#include "memory/word_bytes.h"
#include "sim/core/philox.h"

namespace brownout::accel {
namespace {

std::size_t weights_of(const models::Graph& graph, std::uint32_t layer) {
  return std::get<models::Conv>(graph.nodes[layer].operation).weights.size();
}

}  // namespace

WeightMapFaults::WeightMapFaults(const FaultContext& context, const memory::IbmRandomMap& map)
    : context_(context), map_(map) {}

void WeightMapFaults::set_rates(const memory::BufferRates& rates) {
  bytes_.clear();
  if (map_.failing(rates.own.curve) > 0) bytes_ = map_.masks(rates.own.curve);
  layers_.clear();
}

const memory::FaultMask& WeightMapFaults::reading(std::uint32_t layer) {
  return layers_.get(layer, [&] { return make_mask(layer); });
}

std::vector<std::uint32_t> WeightMapFaults::dealt_bytes(std::uint32_t layer) const {
  std::vector<std::uint32_t> bytes;
  if (context_.machine.memory.faults.mapping != memory::FaultMapping::kIbmRandomShuffled) {
    return bytes;
  }
  bytes.resize(weights_of(context_.graph, layer));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = memory::IbmRandomMap::byte_of(i);
  const std::uint32_t word = memory::counter_word(0, memory::CellNumber::kWeightOrder);
  for (std::size_t left = bytes.size(); left > 1; --left) {  // Fisher and Yates, from the end
    const auto draw =
        philox(context_.chip.id().value(), {word, static_cast<std::uint32_t>(left), layer, 0});
    const std::uint64_t wide = std::uint64_t{draw[0]} << 32U | draw[1];
    std::swap(bytes[left - 1], bytes[wide % left]);
  }
  return bytes;
}

memory::FaultMask WeightMapFaults::make_mask(std::uint32_t layer) const {
  memory::FaultMask mask;
  const ConvGeometry* conv = context_.program.layers[layer].conv();
  if (conv == nullptr || bytes_.empty()) return mask;
  const std::uint32_t word_bytes = conv->mapping().word_bytes;
  mask.keep.assign(conv->filter_bytes() / word_bytes, ~std::uint64_t{0});
  mask.flip.assign(mask.keep.size(), 0);
  const std::vector<std::uint32_t> dealt = dealt_bytes(layer);
  std::vector<std::uint8_t> keep;  // of one line
  std::vector<std::uint8_t> flip;
  for (std::uint64_t index = 0; index < conv->folds(); ++index) {
    const Fold fold = conv->fold(index);
    if (!conv->first_use_of_filter(fold)) continue;
    const std::uint32_t words = (conv->filter_width(fold) + word_bytes - 1) / word_bytes;
    keep.assign(std::size_t{words} * word_bytes, 0xff);
    flip.assign(keep.size(), 0);
    for (std::uint32_t line = 0; line < conv->filter_lines(fold); ++line) {
      conv->visit_filter_line(
          fold, line,
          [&](std::uint32_t lane, std::uint32_t count, std::size_t weight, std::size_t stride) {
            for (std::uint32_t i = lane; i < lane + count; ++i, weight += stride) {
              const memory::ByteMask& byte =
                  bytes_[dealt.empty() ? memory::IbmRandomMap::byte_of(weight) : dealt[weight]];
              keep[i] = byte.keep;
              flip[i] = byte.flip;
            }
          });
      std::uint64_t word = (fold.filter_base + line * fold.filter_pitch) / word_bytes;
      for (std::uint32_t at = 0; at < words * word_bytes; at += word_bytes, ++word) {
        mask.keep[word] = memory::load_word(&keep[at], word_bytes);
        mask.flip[word] = memory::load_word(&flip[at], word_bytes);
      }
    }
  }
  return mask;
}

}  // namespace brownout::accel
