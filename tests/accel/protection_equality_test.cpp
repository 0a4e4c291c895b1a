// SPDX-License-Identifier: Apache-2.0
// Protections alone and combined, under every kind of fault: one truth in both engines, whatever
// they cost the same in both, and for each what it is there for.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "accel/energy_model.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "tests/accel/engine_comparison.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using memory::Mechanism;

enum Protection : unsigned {
  kRedundancy = 1,
  kInterleave = 2,
  kSafeBits = 4,
  kCodes = 8,
  kAll = 15
};

memory::FaultConfig clustered() {
  memory::FaultConfig faults;
  faults.spatial = memory::SpatialModel({0.8, 0.4, 0.6});
  return faults;
}

/// Every kind of cell there is.
memory::FaultConfig everything() {
  memory::FaultConfig faults = clustered();
  faults.mechanisms = {{Mechanism::kStuckAt, 0.3, 0.3, {}},
                       {Mechanism::kInvertedRead, 0.2, 0.5, {}},
                       {Mechanism::kRandomRead, 0.3, 0.7, {0.2, 0.5, 2}},
                       {Mechanism::kWriteFailure, 0.1, 0.5, {}},
                       {Mechanism::kRetention, 0.1, 0.5, {}}};
  faults.access_time = memory::AccessTime{0.4, 0.2, 1.3};
  return faults;
}

/// Protects random buffers by some of `allowed`.
void protect(Scenario& s, unsigned allowed, std::uint64_t seed, bool ramps) {
  std::mt19937_64 random(seed);
  const auto roll = [&](std::uint32_t lowest, std::uint32_t highest) {
    return std::uniform_int_distribution<std::uint32_t>(lowest, highest)(random);
  };
  auto voltages = s.point.rails();
  auto schedule = s.point.schedule();
  for (const GroupId group : memory::kGroups) {
    BufferConfig& buffer = s.machine.accelerator.buffers[group];
    if ((allowed & kRedundancy) != 0 && roll(0, 2) > 0) {
      buffer.redundancy = {roll(0, 3), roll(1, 3), {0.8 + 0.01 * roll(0, 19), true}};
    }
    if ((allowed & kInterleave) != 0) buffer.interleave = 1U << roll(0, 5);
    if ((allowed & kSafeBits) == 0 || group == GroupId::kOfmap) continue;
    const std::string rail = "safe_" + buffer.rail;
    buffer.safe_bits = SafeBitsConfig{roll(1, 7), rail};
    voltages[rail] = VminRatio(roll(0, 2) == 0 ? 1.0 : 0.8 + 0.01 * roll(0, 20));
    if (!ramps) continue;
    s.machine.ramps[rail] = {Picoseconds(roll(0, 3000000)), Picojoules(roll(0, 900)), ""};
    const auto layers = static_cast<std::uint32_t>(s.graph.nodes.size());
    schedule.push_back({roll(0, layers), rail, VminRatio(0.8 + 0.01 * roll(0, 20))});
  }
  s.point = OperatingPoint(voltages, schedule);
}

void expect_equal_engines(unsigned allowed, const memory::FaultConfig& faults,
                          std::uint64_t first_seed) {
  int changed = 0;
  int run = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario s = scenario_with(seed, faults, (allowed & kCodes) != 0 ? 0.7 : 0);
    protect(s, allowed, seed, !faults.uses(Mechanism::kRetention));
    const int nodes = compare_engines(s, seed);
    ASSERT_FALSE(testing::Test::HasFailure());
    if (nodes >= 0) ++run;
    if (nodes > 0) ++changed;
  }
  EXPECT_GT(run, 18);
  EXPECT_GT(changed, run / 3) << "too few scenarios showed any fault";
}

TEST(Protection, RedundancyIsTheSameInBothEngines) {
  expect_equal_engines(kRedundancy, clustered(), 7000);
}
TEST(Protection, InterleavingIsTheSameInBothEngines) {
  expect_equal_engines(kInterleave, clustered(), 7100);
}
TEST(Protection, SafeBitsAreTheSameInBothEngines) {
  expect_equal_engines(kSafeBits, clustered(), 7200);
}
TEST(Protection, AllTogetherAreTheSameInBothEngines) {
  expect_equal_engines(kAll, clustered(), 7300);
}
TEST(Protection, AllTogetherUnderEveryMechanismAreTheSameInBothEngines) {
  expect_equal_engines(kAll, everything(), 7400);
}

TEST(Protection, SafeBitsAtVminKeepEveryWeightWithinTheOtherBits) {
  const models::Graph graph = test_support::random_graph(91);
  Machine machine = small_machine(8, 8, 40);
  machine.accelerator.buffers[GroupId::kFilter].safe_bits = SafeBitsConfig{3, "safe"};
  const OperatingPoint point({{"logic", VminRatio(1)},
                              {"ifmap", VminRatio(1)},
                              {"filter", VminRatio(0.8)},
                              {"ofmap", VminRatio(1)},
                              {"safe", VminRatio(1)}});
  const auto rates = highest_fault_rates(machine, point);
  const memory::Chip chip = chip_at(machine, ChipId(3), point);
  EXPECT_TRUE(chip.fails(GroupId::kFilter, rates[GroupId::kFilter]));
  const memory::FaultMask own =
      chip.weak_cells(GroupId::kFilter).mask(rates[GroupId::kFilter].own.curve);
  for (const std::uint64_t keep : own.keep) ASSERT_EQ(~keep & 0xe0e0e0e0e0e0e0e0U, 0U);
  EXPECT_EQ(rates[GroupId::kFilter].safe.total(), 0);
  EXPECT_NEAR(bit_error_rates(machine, point)[GroupId::kFilter], 0.03 * 5 / 8, 1e-12);
}

TEST(Protection, EnergyFollowsColumnsAndCells) {
  Machine machine = small_machine(8, 8, 40);
  LayerStatistics statistics;
  statistics.accesses[GroupId::kFilter] = {100, 10};
  statistics.at(Activity::kCompute) = 1000;
  const OperatingPoint point({{"logic", VminRatio(1)},
                              {"ifmap", VminRatio(1)},
                              {"filter", VminRatio(0.8)},
                              {"ofmap", VminRatio(1)},
                              {"safe", VminRatio(1)}});
  const EnergyBreakdown plain = energy_of(statistics, machine, point);
  BufferConfig& filter = machine.accelerator.buffers[GroupId::kFilter];
  filter.interleave = 8;
  EXPECT_EQ(energy_of(statistics, machine, point).total(), plain.total()) << "nothing more is read";
  filter.redundancy = {2, 4, {0.85, true}};
  const EnergyBreakdown spare = energy_of(statistics, machine, point);
  EXPECT_NEAR(spare.filter_sram / plain.filter_sram, 68.0 / 64, 1e-12);
  const double cells = 66.0 * 68 / (64 * 64);
  EXPECT_NEAR((spare.leakage.count() - plain.leakage.count()) / plain.leakage.count(),
              (cells - 1) * 0.8 / 2.8, 1e-12);
  filter.redundancy = {};
  filter.safe_bits = SafeBitsConfig{2, "safe"};
  const EnergyBreakdown safe = energy_of(statistics, machine, point);
  EXPECT_NEAR(safe.filter_sram / plain.filter_sram, (0.75 * 0.64 + 0.25) / 0.64, 1e-12);
  EXPECT_NEAR(safe.leakage / plain.leakage, (2 + 0.75 * 0.8 + 0.25) / 2.8, 1e-12);
}

}  // namespace
}  // namespace brownout::accel
