// SPDX-License-Identifier: Apache-2.0
// Failing cells that belong to weights and not to addresses (layer 3): the mapping ibm_random. The
// filter buffer then reads, for every layer anew, each weight through the map's byte of that
// weight, wherever in the buffer it lies. ibm_random_shuffled deals the weights of a layer at
// random first: the same bits of the map are met as often, by weights that do not lie together.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/fault_sources.h"
#include "accel/layer_masks.h"
#include "memory/ibm_random.h"

namespace brownout::accel {

class WeightMapFaults : public memory::FaultSource {
 public:
  /// Everything in `context` must outlive it.
  WeightMapFaults(const FaultContext& context, const memory::IbmRandomMap& map);

  void set_rates(const memory::BufferRates& rates) override;
  /// Covers the layer's whole fetch positions; empty for a layer without weights.
  const memory::FaultMask& reading(std::uint32_t layer) override;
  const memory::HoldMask& holding() const override { return holds_all_; }

 private:
  /// The map's byte of each of a layer's weights; empty when it is IbmRandomMap::byte_of.
  [[nodiscard]] std::vector<std::uint32_t> dealt_bytes(std::uint32_t layer) const;
  [[nodiscard]] memory::FaultMask make_mask(std::uint32_t layer) const;

  FaultContext context_;
  const memory::IbmRandomMap& map_;
  std::vector<memory::ByteMask> bytes_;  ///< of the map; empty when no cell fails
  LayerMasks layers_;
  memory::HoldMask holds_all_;
};

}  // namespace brownout::accel
