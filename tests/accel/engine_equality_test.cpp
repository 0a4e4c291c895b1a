// SPDX-License-Identifier: Apache-2.0
// One truth: cycle engine = fast engine = definition, on random networks, arrays, buffer sizes,
// voltages and chips. Buffers are small enough that layers wrap around and are fetched again.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "accel/compare.h"
#include "accel/cycle_engine.h"
#include "accel/energy_model.h"
#include "accel/fast_engine.h"
#include "sim/core/error.h"
#include "tests/accel/random_scenario.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

class Engines : public testing::TestWithParam<int> {};

TEST_P(Engines, AgreeOnEveryCodeCycleCountAndJoule) {
  constexpr int kScenarios = 100;
  int run = 0;
  int wrapped = 0;
  for (int i = 0; i < kScenarios; ++i) {
    const auto seed =
        static_cast<std::uint64_t>(GetParam()) * kScenarios + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Scenario s = scenario(seed);
    const memory::Chip chip = chip_for(s, seed);
    try {
      const CycleEngine cycle(s.graph, s.machine);
      const FastEngine fast(s.graph, s.machine);
      const CycleRun a = cycle.run(s.input, chip, s.point);
      const FastEngine::View view = fast.view(chip, s.point);
      FastGraph::Workspace workspace = fast.make_workspace();
      const models::Inference b = fast.run_all(view, s.input, workspace);
      ASSERT_NO_THROW(require_equal(s.graph, fast.program(), s.machine, b, a.inference));
      std::vector<std::int32_t> logits;
      fast.run(view, s.input, workspace, logits);
      ASSERT_EQ(logits, a.inference.logits);

      const RunStatistics timed = cycle.time(s.point);
      ASSERT_NO_THROW(require_equal(timed, a.statistics));
      const double joules = energy_of(timed, s.machine, s.point).total().count();
      ASSERT_EQ(joules, energy_of(a.statistics, s.machine, s.point).total().count());
      const std::uint64_t loaded = timed.total().accesses[memory::GroupId::kFilter].writes;
      if (loaded > s.machine.geometry()[memory::GroupId::kFilter].words()) ++wrapped;
      ++run;
    } catch (const InputError& error) {
      // The smallest buffers cannot hold the widest step; that must be said, not simulated.
      ASSERT_NE(std::string(error.what()).find("one step needs"), std::string::npos)
          << error.what();
    }
  }
  EXPECT_GT(run, kScenarios * 3 / 4) << "too few scenarios fit their machine";
  EXPECT_GT(wrapped, kScenarios / 10) << "too few layers wrapped around their buffer";
}

INSTANTIATE_TEST_SUITE_P(Random, Engines, testing::Range(0, 5));

TEST(Engines, AreComparedOnEveryOperation) {
  std::map<std::string, int> counts;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    for (const models::Node& node : scenario(seed).graph.nodes) {
      const auto* conv = std::get_if<models::Conv>(&node.operation);
      const bool transposed = conv != nullptr && conv->window.is_spread();
      const bool grouped = conv != nullptr && conv->groups > 1;
      ++counts[(grouped ? "grouped " : "") + std::string(transposed ? "transposed " : "") +
               models::operation_name(node.operation)];
    }
  }
  for (const char* name :
       {"conv", "grouped conv", "transposed conv", "grouped transposed conv", "max_pool",
        "average_pool", "add", "relu", "flatten", "concat", "rearrange", "table"}) {
    EXPECT_GE(counts[name], 10) << name;
  }
}

TEST(Engines, TheBodiesOfTheArrayDifferInNothing) {
  for (std::uint64_t seed = 3000; seed < 3060; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario s = scenario(seed);
    for (const memory::GroupId group : memory::kGroups) {
      s.machine.accelerator.buffers[group].capacity = Bytes(400 * s.machine.memory.macro.bytes());
    }
    const memory::Chip chip = chip_for(s, seed);
    const auto run = [&](ArrayBody body) {
      s.machine.accelerator.array.body = body;
      return CycleEngine(s.graph, s.machine).run(s.input, chip, s.point);
    };
    const CycleRun by_register = run(ArrayBody::kRegister);
    const CycleRun by_block = run(ArrayBody::kBlock);
    ASSERT_EQ(by_register.inference, by_block.inference);
    ASSERT_NO_THROW(require_equal(by_register.statistics, by_block.statistics));
  }
}

TEST(Engines, EqualTheDefinitionAtNominalVoltage) {
  for (std::uint64_t seed = 1000; seed < 1100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario s = scenario(seed);
    s.machine = small_machine(16, 16, 400);
    s.machine.accelerator.array.dataflow = kDataflows.at(seed % 3);
    s.point = rails(1, 1, 1);
    const CycleEngine cycle(s.graph, s.machine);
    const CycleRun run = cycle.run(s.input, chip_for(s, seed), s.point);
    ASSERT_EQ(run.inference, models::run_reference(s.graph, s.input));
  }
}

TEST(Engines, LowVoltageChangesResultsAndNominalVoltageDoesNot) {
  int changed = 0;
  for (std::uint64_t seed = 2000; seed < 2050; ++seed) {
    Scenario s = scenario(seed);
    s.machine = small_machine(8, 8, 400);
    const FastEngine engine(s.graph, s.machine);
    FastGraph::Workspace workspace = engine.make_workspace();
    s.point = rails(1, 0.8, 1);
    const memory::Chip chip = chip_for(s, seed);
    const auto healthy = models::run_reference(s.graph, s.input);
    EXPECT_EQ(engine.run_all(engine.view(chip, rails(1, 1, 1)), s.input, workspace), healthy);
    if (!(engine.run_all(engine.view(chip, s.point), s.input, workspace) == healthy)) ++changed;
  }
  EXPECT_GT(changed, 25);
}

TEST(CycleEngine, IdealMemoryLeavesArrayAndVectorCyclesOnlyAndMovesTheSameBytes) {
  int stalled = 0;
  for (std::uint64_t seed = 3000; seed < 3060; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario s = scenario(seed);
    s.machine.accelerator.memory = MemoryModel::kModelled;
    s.machine.accelerator.conflicts = BankConflicts::kIdeal;
    try {
      const LayerStatistics modelled = CycleEngine(s.graph, s.machine).time(s.point).total();
      s.machine.accelerator.memory = MemoryModel::kIdeal;
      const LayerStatistics ideal = CycleEngine(s.graph, s.machine).time(s.point).total();
      std::uint64_t work = 0;
      for (const Activity activity : {Activity::kFill, Activity::kCompute, Activity::kDrain,
                                      Activity::kVector, Activity::kRailRamp}) {
        work += ideal.at(activity);
      }
      EXPECT_EQ(ideal.total_cycles(), Cycles(work));
      // ws and is may have to cut a layer into more folds where partial sums need space.
      if (s.machine.accelerator.array.dataflow != Dataflow::kOutputStationary) continue;
      for (const Activity activity :
           {Activity::kFill, Activity::kCompute, Activity::kDrain, Activity::kVector}) {
        EXPECT_EQ(ideal.at(activity), modelled.at(activity));
      }
      EXPECT_EQ(ideal.accesses, modelled.accesses);
      EXPECT_EQ(ideal.dram_read_bytes, modelled.dram_read_bytes);
      EXPECT_EQ(ideal.dram_write_bytes, modelled.dram_write_bytes);
      EXPECT_EQ(ideal.dram_events.bursts, modelled.dram_events.bursts);
      if (modelled.total_cycles() > ideal.total_cycles()) ++stalled;
    } catch (const InputError&) {
      continue;  // a step too large for its buffer
    }
  }
  EXPECT_GT(stalled, 10);
}

TEST(CycleEngine, ABufferTooSmallForOneStepIsNamed) {
  models::Graph graph = test_support::random_graph(5);
  Machine machine = small_machine(64, 64, 1);
  machine.memory.macro = {1, 8};
  for (const memory::GroupId group : memory::kGroups) {
    machine.accelerator.buffers[group].capacity = Bytes(1);
  }
  try {
    const CycleEngine engine(graph, machine);
    FAIL() << "a one-byte buffer was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("accelerator.buffers."), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("layer '"), std::string::npos);
  }
}

}  // namespace
}  // namespace brownout::accel
