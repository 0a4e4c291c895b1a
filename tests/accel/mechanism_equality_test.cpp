// SPDX-License-Identifier: Apache-2.0
// One truth for every fault mechanism: the cycle engine, which finds failing cells access by access
// and keeps what each cell holds, equals the fast engine, which knows them by address.
#include <gtest/gtest.h>

#include <string>

#include "accel/cycle_engine.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "sim/core/error.h"
#include "tests/accel/engine_comparison.h"
#include "tests/accel/random_scenario.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

using memory::Mechanism;
using memory::MechanismConfig;

memory::FaultConfig only(Mechanism mechanism, double share_of_ones = 0.5) {
  memory::FaultConfig faults;
  faults.mechanisms = {{mechanism, 1, share_of_ones, {0.3, 1, 1}}};
  return faults;
}

/// Every mechanism at once on weak macros, columns and rows.
memory::FaultConfig everything() {
  memory::FaultConfig faults;
  faults.mechanisms = {{Mechanism::kStuckAt, 0.2, 0.3, {}},
                       {Mechanism::kInvertedRead, 0.2, 0.5, {}},
                       {Mechanism::kRandomRead, 0.2, 0.7, {0.2, 0.5, 2}},
                       {Mechanism::kWriteFailure, 0.2, 0.5, {}},
                       {Mechanism::kRetention, 0.2, 0.5, {}}};
  faults.access_time = memory::AccessTime{0.4, 0.2, 1.3};
  faults.spatial = memory::SpatialModel({0.7, 0.3, 0});
  return faults;
}

void expect_equal_engines(const memory::FaultConfig& faults, std::uint64_t first_seed,
                          double coded_share = 0) {
  int changed = 0;
  int run = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const int nodes = compare_engines(scenario_with(seed, faults, coded_share), seed);
    ASSERT_FALSE(testing::Test::HasFailure());
    if (nodes >= 0) ++run;
    if (nodes > 0) ++changed;
  }
  EXPECT_GT(run, 25);
  EXPECT_GT(changed, run / 3) << "too few scenarios showed any fault";
}

TEST(Mechanisms, StuckAtIsTheSameInBothEngines) {
  expect_equal_engines(only(Mechanism::kStuckAt, 0.2), 5000);
}
TEST(Mechanisms, InvertedReadIsTheSameInBothEngines) {
  expect_equal_engines(only(Mechanism::kInvertedRead), 5100);
}
TEST(Mechanisms, RandomReadIsTheSameInBothEngines) {
  expect_equal_engines(only(Mechanism::kRandomRead), 5200);
}
TEST(Mechanisms, WriteFailureIsTheSameInBothEngines) {
  expect_equal_engines(only(Mechanism::kWriteFailure, 0.8), 5300);
}
TEST(Mechanisms, RetentionIsTheSameInBothEngines) {
  expect_equal_engines(only(Mechanism::kRetention), 5400);
}
TEST(Mechanisms, AccessTimeIsTheSameInBothEngines) {
  memory::FaultConfig faults = only(Mechanism::kStuckAt);
  faults.mechanisms.front().share = 0;
  faults.access_time = memory::AccessTime{0.5, 0.3, 1.1};
  expect_equal_engines(faults, 5500);
}
TEST(Mechanisms, WeakStructureIsTheSameInBothEngines) {
  memory::FaultConfig faults = only(Mechanism::kStuckAt);
  faults.spatial = memory::SpatialModel({0.5, 0.2, 0.8});
  expect_equal_engines(faults, 5600);
}
TEST(Mechanisms, AllTogetherAreTheSameInBothEngines) { expect_equal_engines(everything(), 5700); }
TEST(Mechanisms, AllTogetherUnderErrorCodesAreTheSameInBothEngines) {
  expect_equal_engines(everything(), 6100, 1);
}

TEST(Mechanisms, IbmRandomIsTheSameInBothEngines) {
  memory::FaultConfig faults;
  faults.mapping = memory::FaultMapping::kIbmRandom;
  expect_equal_engines(faults, 6000);
}

TEST(Mechanisms, ShuffledIbmRandomIsTheSameInBothEngines) {
  memory::FaultConfig faults;
  faults.mapping = memory::FaultMapping::kIbmRandomShuffled;
  expect_equal_engines(faults, 6200);
}
TEST(Mechanisms, OwnCellsAreTheSameInBothEngines) {
  memory::FaultConfig faults = everything();
  faults.mechanisms[3] = {Mechanism::kRandomInversion, 0.2, 0.5, {0.2, 1, 1}};
  faults.mechanisms[4] = {Mechanism::kInvertedRead, 0.2, 0.5, {}};
  faults.mapping = memory::FaultMapping::kOwnCells;
  expect_equal_engines(faults, 6300, 0.5);
}

TEST(IbmRandom, BothEnginesReadTheWeightsOfThePublishedCodeWhateverTheMachine) {
  for (const Dataflow dataflow : kDataflows) {
    models::Graph graph = test_support::random_graph(77);
    Machine machine = small_machine(5, 7, 60);
    machine.accelerator.array.dataflow = dataflow;
    machine.memory.faults.mapping = memory::FaultMapping::kIbmRandom;
    const OperatingPoint point = rails(1, 0.8, 1);
    const memory::Chip chip(ChipId(7), machine.geometry(), highest_fault_rates(machine, point),
                            machine.memory.faults);
    // The same network whose weights were changed beforehand, on a healthy chip.
    models::Graph changed = graph;
    const auto masks = memory::IbmRandomMap(7, 0.03).masks(0.03);
    int flips = 0;
    for (models::Node& node : changed.nodes) {
      auto* conv = std::get_if<models::Conv>(&node.operation);
      if (conv == nullptr) continue;
      for (std::size_t i = 0; i < conv->weights.size(); ++i) {
        const memory::ByteMask& mask = masks[i / 256 % 8192 * 16 + i % 16];
        const auto read = static_cast<std::int8_t>((conv->weights[i] & mask.keep) ^ mask.flip);
        if (read != conv->weights[i]) ++flips;
        conv->weights[i] = read;
      }
    }
    ASSERT_GT(flips, 0);
    const auto input = test_support::random_input(graph, 77);
    const models::Inference expected = models::run_reference(changed, input);
    EXPECT_EQ(CycleEngine(graph, machine).run(input, chip, point).inference, expected);
    const FastEngine fast(graph, machine);
    FastGraph::Workspace workspace = fast.make_workspace();
    EXPECT_EQ(fast.run_all(fast.view(chip, point), input, workspace), expected);
  }
}

TEST(Mechanisms, RandomReadDiffersBetweenImagesAndNotBetweenRuns) {
  int differ = 0;
  for (std::uint64_t seed = 5800; seed < 5820; ++seed) {
    Scenario s = scenario_with(seed, only(Mechanism::kRandomRead));
    s.machine = small_machine(8, 8, 400);
    s.machine.memory.faults = only(Mechanism::kRandomRead);
    s.point = rails(1, 0.8, 1);
    const FastEngine fast(s.graph, s.machine);
    const memory::Chip chip = chip_for(s, seed);
    const FastEngine::View view = fast.view(chip, s.point);
    FastGraph::Workspace workspace = fast.make_workspace();
    const models::Inference first = fast.run_all(view, s.input, workspace, 0);
    ASSERT_EQ(fast.run_all(view, s.input, workspace, 0), first);
    if (!(fast.run_all(view, s.input, workspace, 1) == first)) ++differ;
  }
  EXPECT_GT(differ, 10);
}

TEST(Mechanisms, CellsThatForgetNeedOneVoltageInTheFastEngine) {
  Scenario s = scenario_with(5900, only(Mechanism::kRetention));
  s.machine = small_machine(8, 8, 400);
  s.machine.memory.faults = only(Mechanism::kRetention);
  s.machine.ramps["filter"] = {Picoseconds(0), Picojoules(0), ""};
  s.point = rails(1, 0.9, 1).with("filter", VminRatio(0.8), 1);
  const FastEngine fast(s.graph, s.machine);
  const memory::Chip chip = chip_for(s, 1);
  try {
    static_cast<void>(fast.view(chip, s.point));
    FAIL() << "a rail that changes was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("rail 'filter'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace brownout::accel
