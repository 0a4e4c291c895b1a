// SPDX-License-Identifier: Apache-2.0
#include "accel/fault_aware_placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "accel/buffer_usage.h"
#include "accel/chip_maker.h"
#include "accel/fault_rates.h"
#include "accel/lowering.h"
#include "sim/core/error.h"
#include "tests/accel/random_map.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using memory::PlacementOrder;

/// Clustered drawn chips and random maps, in buffers of several banks.
std::optional<Scenario> placed_scenario(std::uint64_t seed) {
  Scenario s = scenario(seed);
  for (const GroupId group : memory::kGroups) {
    BufferConfig& buffer = s.machine.accelerator.buffers[group];
    if (s.machine.geometry()[group].macros() % 2 == 0) buffer.banks = 2;
  }
  memory::FaultConfig& faults = s.machine.memory.faults;
  faults.placement.order = PlacementOrder::kFaultAware;
  faults.placement.test_at = VminRatio(0.8);
  if (seed % 2 == 0) {
    faults.map = random_map(s.machine, seed);
    if (seed % 4 == 0) faults.map->buffers = {GroupId::kFilter, GroupId::kIfmap};
  }
  faults.spatial = memory::SpatialModel({0.2, 0, 0});
  try {
    static_cast<void>(lower(s.graph, s.machine));
  } catch (const InputError&) {
    return {};
  }
  return s;
}

memory::PerGroup<memory::MacroOrder> order_of(const Machine& machine, PlacementOrder order,
                                              ChipId chip) {
  memory::FaultConfig faults = machine.memory.faults;
  faults.placement.order = order;
  return memory::macro_order(faults, machine.geometry(), chip);
}

TEST(FaultAwarePlacement, UsesEveryBlockOnceKeepsDrawnMacrosInTheirBankAndCostsTheLeast) {
  int cheaper = 0;
  int run = 0;
  for (std::uint64_t seed = 100; seed < 160; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto s = placed_scenario(seed);
    if (!s) continue;
    ++run;
    const Program program = lower(s->graph, s->machine);
    const FaultAwarePlacement placement(s->graph, program, s->machine);
    const ChipId chip(seed);
    const auto order = placement.order(chip);
    const auto& faults = s->machine.memory.faults;
    std::set<std::uint32_t> blocks;  // of the map
    for (const GroupId group : memory::kGroups) {
      const auto geometry = s->machine.geometry()[group];
      ASSERT_EQ(order[group].size(), geometry.macros());
      std::set<std::uint32_t> drawn;
      for (std::uint32_t macro = 0; macro < order[group].size(); ++macro) {
        const std::uint32_t block = order[group][macro];
        ASSERT_TRUE((faults.is_measured(group) ? blocks : drawn).insert(block).second);
        if (faults.is_measured(group)) continue;
        ASSERT_LT(block, geometry.macros());
        ASSERT_EQ(block % geometry.banks(), macro % geometry.banks());
      }
    }
    const double cost = placement.cost(chip, order);
    const double in_order =
        placement.cost(chip, order_of(s->machine, PlacementOrder::kInOrder, chip));
    const double random = placement.cost(chip, order_of(s->machine, PlacementOrder::kRandom, chip));
    ASSERT_LE(cost, in_order * (1 + 1e-9));
    ASSERT_LE(cost, random * (1 + 1e-9));
    if (cost < in_order * 0.9) ++cheaper;
  }
  EXPECT_GT(run, 30);
  EXPECT_GT(cheaper, run / 2);
}

TEST(FaultAwarePlacement, MovesTheMacrosOfAChipAndChangesNone) {
  Scenario s = scenario(3);
  s.machine = small_machine(8, 8, 400);
  memory::FaultConfig& faults = s.machine.memory.faults;
  faults.spatial = memory::SpatialModel({0.3, 0, 0});
  faults.placement.order = PlacementOrder::kFaultAware;
  faults.placement.test_at = VminRatio(0.8);
  const Program program = lower(s.graph, s.machine);
  const ChipMaker maker(s.graph, program, s.machine);
  const auto highest = highest_fault_rates(s.machine, rails(1, 0.8, 1));
  const memory::Chip placed = maker.make(ChipId(1), highest);
  faults.placement.order = PlacementOrder::kInOrder;
  const memory::Chip drawn(ChipId(1), s.machine.geometry(), highest, faults);
  const auto counts = [&](const memory::Chip& chip) {
    std::vector<int> result(400);
    for (const memory::WeakCell& cell :
         chip.failing(GroupId::kFilter, highest[GroupId::kFilter].own)) {
      ++result[chip.geometry(GroupId::kFilter).locate(cell.word).macro.value()];
    }
    return result;
  };
  std::vector<int> before = counts(drawn);
  std::vector<int> after = counts(placed);
  EXPECT_NE(before, after);
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  EXPECT_EQ(before, after) << "the same macros, elsewhere";
}

TEST(BufferUsage, OfAllWordsIsOneALayerTimesItsFactor) {
  for (std::uint64_t seed = 200; seed < 230; ++seed) {
    auto s = placed_scenario(seed);
    if (!s) continue;
    const Program program = lower(s->graph, s->machine);
    double expected = static_cast<double>(s->graph.nodes.size());
    for (const double factor : {1.0, 5.0}) {
      for (const GroupId group : {GroupId::kIfmap, GroupId::kOfmap}) {
        const auto usage = buffer_usage(s->graph, program, s->machine, group);
        double sum = 0;
        for (std::size_t i = 0; i < usage.size(); ++i) {
          sum += usage[i];
          if (i > 0) {
            ASSERT_LE(usage[i], usage[i - 1]);
          }
        }
        ASSERT_NEAR(sum, expected + factor - 1, 1e-9 * expected);
      }
      s->machine.memory.faults.placement.sensitivity = {{s->graph.nodes.back().name, 5.0}};
    }
  }
}

TEST(ChipMaker, CountsTheFailingCellsOfTheBlocksItUses) {
  for (std::uint64_t seed = 300; seed < 330; ++seed) {
    const auto s = placed_scenario(seed);
    if (!s) continue;
    const Program program = lower(s->graph, s->machine);
    const ChipMaker maker(s->graph, program, s->machine);
    const memory::Chip chip = maker.make(ChipId(seed), highest_fault_rates(s->machine, s->point));
    const auto rates = maker.bit_error_rates(ChipId(seed), s->point);
    for (const GroupId group : memory::kGroups) {
      if (!s->machine.memory.faults.is_measured(group)) continue;
      double most = 0;
      for (const OperatingPoint& phase : s->point.phases()) {
        const auto at =
            fault_rates(s->machine, group, phase.voltage(memory::group_name(group)), Hertz(1e9));
        most = std::max(most, static_cast<double>(chip.failing(group, at).size()));
      }
      const auto& geometry = chip.geometry(group);
      EXPECT_DOUBLE_EQ(rates[group] * geometry.words() * geometry.macro().word_bits, most);
    }
  }
}

}  // namespace
}  // namespace brownout::accel
