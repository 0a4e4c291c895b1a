// SPDX-License-Identifier: Apache-2.0
#include "accel/mapping_choice.h"

#include <algorithm>

namespace brownout::accel {
namespace {

/// Most stream vectors whose results take at most `bytes`; at least 1.
std::uint32_t block_for(const models::Conv& conv, const models::Shape& input, Mapping mapping,
                        std::uint64_t bytes) {
  mapping.stream_block = 0;
  const auto tile_bytes = [&](std::uint32_t vectors) {
    mapping.stream_block = vectors;
    return ConvGeometry(conv, input, mapping).fold(0).ofmap().size();
  };
  const ConvGeometry whole(conv, input, mapping);
  std::uint32_t fitting = 1;
  std::uint32_t beyond = whole.stream(whole.fold(0)) + 1;
  while (beyond - fitting > 1) {
    const std::uint32_t middle = fitting + (beyond - fitting) / 2;
    (tile_bytes(middle) <= bytes ? fitting : beyond) = middle;
  }
  return fitting;
}

std::vector<std::uint32_t> candidate_blocks(const models::Conv& conv, const models::Shape& input,
                                            const AcceleratorConfig& accelerator,
                                            const Mapping& base,
                                            const memory::SramGeometry& ofmap) {
  if (base.dataflow == Dataflow::kOutputStationary) return {0};
  if (accelerator.array.stream_block != 0) return {accelerator.array.stream_block};
  if (accelerator.memory == MemoryModel::kIdeal) return {0};
  // Half a buffer lets one tile leave while the next one grows; smaller blocks keep an ifmap that
  // does not fit from being fetched for every K tile.
  std::vector<std::uint32_t> blocks;
  for (std::uint64_t share = 1; share <= 8; share *= 2) {
    const std::uint32_t block = block_for(conv, input, base, ofmap.capacity_bytes() / share);
    if (blocks.empty() || block < blocks.back()) blocks.push_back(block);
  }
  return blocks;
}

}  // namespace

std::vector<Mapping> candidate_mappings(const models::Conv& conv, const models::Shape& input,
                                        const AcceleratorConfig& accelerator, const Mapping& base,
                                        const memory::SramGeometry& ofmap) {
  std::vector<LoopOrder> orders = {LoopOrder::kFilterOuter, LoopOrder::kIfmapOuter};
  if (accelerator.array.loop_order) {
    orders = {*accelerator.array.loop_order};
  }
  std::vector<Mapping> mappings;
  for (const std::uint32_t block : candidate_blocks(conv, input, accelerator, base, ofmap)) {
    for (const LoopOrder order : orders) {
      Mapping mapping = base;
      mapping.stream_block = block;
      mapping.order = order;
      mappings.push_back(mapping);
    }
  }
  return mappings;
}

}  // namespace brownout::accel
