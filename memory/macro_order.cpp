// SPDX-License-Identifier: Apache-2.0
#include "memory/macro_order.h"

#include <numeric>
#include <utility>

#include "memory/cell_counters.h"
#include "memory/fault_config.h"
#include "sim/core/error.h"
#include "sim/core/philox.h"

namespace brownout::memory {
namespace {

MacroPool map_pool(const MapConfig& map, const PerGroup<SramGeometry>& geometry) {
  require_blocks(map, geometry);
  MacroPool pool;
  pool.measured = true;
  for (const GroupId group : map.buffers) {
    for (std::uint32_t macro = 0; macro < geometry[group].macros(); ++macro) {
      pool.slots.push_back({group, MacroId(macro)});
    }
  }
  pool.blocks.resize(MapTiles(map.map, geometry[map.buffers.front()].macro()).count());
  std::iota(pool.blocks.begin(), pool.blocks.end(), 0U);
  return pool;
}

MacroPool bank_pool(GroupId group, const SramGeometry& geometry, std::uint32_t bank) {
  MacroPool pool;
  for (std::uint32_t macro = bank; macro < geometry.macros(); macro += geometry.banks()) {
    pool.slots.push_back({group, MacroId(macro)});
    pool.blocks.push_back(macro);
  }
  return pool;
}

/// Fisher and Yates, from the end; `round` keeps the numbers of pools apart.
void shuffle(std::vector<std::uint32_t>& blocks, ChipId chip, std::uint32_t round) {
  const std::uint32_t word = counter_word(0, CellNumber::kBlockRank);
  for (auto left = static_cast<std::uint32_t>(blocks.size()); left > 1; --left) {
    const auto draw = philox(chip.value(), {word, round, left, 0});
    // 64 bits over at most 2^32 blocks: the bias is below 2^-32.
    const std::uint64_t wide = std::uint64_t{draw[0]} << 32U | draw[1];
    std::swap(blocks[left - 1], blocks[wide % left]);
  }
}

}  // namespace

std::vector<MacroPool> macro_pools(const FaultConfig& faults,
                                   const PerGroup<SramGeometry>& geometry) {
  std::vector<MacroPool> pools;
  if (faults.map) pools.push_back(map_pool(*faults.map, geometry));
  for (const GroupId group : kGroups) {
    if (faults.is_measured(group)) continue;
    for (std::uint32_t bank = 0; bank < geometry[group].banks(); ++bank) {
      pools.push_back(bank_pool(group, geometry[group], bank));
    }
  }
  return pools;
}

PerGroup<MacroOrder> macro_order(const FaultConfig& faults, const PerGroup<SramGeometry>& geometry,
                                 ChipId chip) {
  require(faults.placement.order != PlacementOrder::kFaultAware,
          "a fault-aware placement needs the network");
  auto pools = macro_pools(faults, geometry);
  if (faults.placement.order == PlacementOrder::kRandom) {
    for (std::uint32_t i = 0; i < pools.size(); ++i) shuffle(pools[i].blocks, chip, i);
  }
  return dealt(pools, geometry);
}

PerGroup<MacroOrder> dealt(const std::vector<MacroPool>& pools,
                           const PerGroup<SramGeometry>& geometry) {
  PerGroup<MacroOrder> order;
  for (const GroupId group : kGroups) order[group].resize(geometry[group].macros());
  for (const MacroPool& pool : pools) {
    for (std::size_t i = 0; i < pool.slots.size(); ++i) {
      order[pool.slots[i].group][pool.slots[i].macro.value()] = pool.blocks[i];
    }
  }
  return order;
}

}  // namespace brownout::memory
