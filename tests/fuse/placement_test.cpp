// SPDX-License-Identifier: Apache-2.0
// One truth for generator and base network wherever the generator runs: both engines agree on every
// code, count and picojoule; parts add up, and are what each part is alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "accel/compare.h"
#include "accel/operating_timing.h"
#include "accel/weight_flips.h"
#include "fuse/cycle_system.h"
#include "fuse/fast_system.h"
#include "fuse/fast_twin.h"
#include "models/reference.h"
#include "sim/core/error.h"
#include "tests/fuse/fused_scenario.h"
#include "tests/fuse/random_generator.h"

namespace brownout::fuse {
namespace {

using accel::LayerStatistics;

/// Calls `check(scenario, seed)` for seeds whose machines can run their networks.
template <class Check>
void for_scenarios(Placement placement, std::uint64_t first, int count, Check check) {
  int run = 0;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const FusedScenario s = fused_scenario(seed, placement);
    try {
      check(s, seed);
      ++run;
    } catch (const InputError& error) {
      ASSERT_NE(std::string(error.what()).find("one step needs"), std::string::npos)
          << error.what();
    }
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(run, count / 2);
}

void expect_equal_engines(const FusedScenario& s, std::uint64_t seed) {
  const accel::Machine& machine = s.alone.machine;
  const CycleSystem cycle(s.network, machine, &s.stage);
  const memory::Chip chip = s.chip(seed);
  accel::WeightFlipCounter counter(s.network, cycle.program());
  const CycleSystem::Run run = cycle.run(s.alone.input, chip, s.point, 0, &counter);
  FastTwin twin(s.network, machine, &s.stage, chip, s.point);
  ASSERT_NO_THROW(twin.require_equal(s.alone.input, run, 0));

  const ImageCost expected = cycle.cost(s.point);
  const ImageCost cost = cycle.cost(run.network.statistics, run.stage.statistics, s.point);
  ASSERT_NO_THROW(accel::require_equal(expected.layers, cost.layers));
  EXPECT_EQ(expected.total.total().count(), cost.total.total().count());
  EXPECT_EQ(expected.latency.count(), cost.latency.count());

  const FastSystem fast(s.network, machine, &s.stage, {s.point});
  const auto prepared = fast.prepare({s.alone.input}, 1);
  FastSystem::Workspace workspace = fast.make_workspace();
  std::vector<std::int32_t> logits;
  EXPECT_EQ(fast.run(fast.view(chip, s.point), prepared[0], workspace, logits), counter.flipped());
  EXPECT_EQ(logits, run.network.inference.logits);
}

TEST(Placement, EnginesAgreeWithTheGeneratorOnTheSameArray) {
  for_scenarios(Placement::kArray, 9000, 60, expect_equal_engines);
}
TEST(Placement, EnginesAgreeWithTheGeneratorOnAnArrayOfItsOwn) {
  for_scenarios(Placement::kDedicated, 9100, 40, expect_equal_engines);
}
TEST(Placement, EnginesAgreeWithTheGeneratorOnTheHost) {
  for_scenarios(Placement::kHost, 9200, 30, expect_equal_engines);
}

void expect_sums(const ImageCost& cost) {
  accel::EnergyBreakdown sum;
  for (const accel::EnergyBreakdown& energy : cost.energies) sum += energy;
  EXPECT_NEAR(sum.total().count(), cost.total.total().count(), 1e-9 * sum.total().count());
  const auto total = accel::walk(cost.total);
  const auto stage = accel::walk(cost.stage);
  for (std::size_t i = 0; i < total.size(); ++i) {
    EXPECT_LE(stage[i].second.count(), total[i].second.count() * (1 + 1e-9) + 1e-9)
        << total[i].first;
  }
}

/// Counts that no other layer changes: neither stalls nor which DRAM rows are open.
LayerStatistics own_counts(LayerStatistics layer, bool with_cycles) {
  layer.dram_events = {};
  layer.at(accel::Activity::kRailRamp) = 0;
  if (!with_cycles) layer.cycles = {};
  return layer;
}

TEST(Placement, OnTheSameArrayTheNetworkIsAsItIsAloneButForRamps) {
  for_scenarios(Placement::kArray, 9300, 40, [](const FusedScenario& s, std::uint64_t) {
    const accel::Machine& machine = s.alone.machine;
    const ImageCost cost = CycleSystem(s.network, machine, &s.stage).cost(s.point);
    const ImageCost alone = CycleSystem(s.alone.graph, machine, nullptr).cost(s.alone.point);
    expect_sums(cost);
    const std::size_t first = s.stage.front.nodes.size();
    ASSERT_EQ(cost.stage_layers, first);
    const bool ideal = machine.accelerator.memory == accel::MemoryModel::kIdeal;
    std::uint64_t cycles = 0;
    for (std::size_t i = 0; i < cost.layers.layers.size(); ++i) {
      const LayerStatistics& layer = cost.layers.layers[i];
      if (i >= first) {
        EXPECT_EQ(own_counts(layer, ideal), own_counts(alone.layers.layers[i - first], ideal))
            << cost.layers.names[i];
      }
      if (i < first) cycles += layer.total_cycles().count();
    }
    const auto ramp = [&](std::size_t i) {
      return cost.layers.layers[i].at(accel::Activity::kRailRamp);
    };
    EXPECT_EQ(cost.ramp_cycles.count(), ramp(0) + ramp(first));
    EXPECT_EQ(cost.stage_cycles.count(), cycles - ramp(0));
    EXPECT_EQ(cost.latency.count(), cost.interval.count());
    // By hand: what is not the stage's is the network's, and does not pay for the stage's ramps.
    if (!ideal || !s.alone.point.schedule().empty()) return;
    const auto network = accel::walk(alone.total);
    const auto total = accel::walk(cost.total);
    const auto stage = accel::walk(cost.stage);
    for (std::size_t i = 0; i < total.size(); ++i) {
      const auto& [name, energy] = total[i];
      if (name == "leakage" || name == "dram") continue;  // by clock and open rows
      const double scale = std::max(1.0, energy.count());
      EXPECT_NEAR((energy - stage[i].second).count(), network[i].second.count(), 1e-9 * scale)
          << name;
    }
  });
}

TEST(Placement, OnAnArrayOfItsOwnBothPartsAreAsTheyAreAlone) {
  for_scenarios(Placement::kDedicated, 9400, 30, [](const FusedScenario& s, std::uint64_t) {
    const StageSetup& own = s.stage.setup;
    const ImageCost cost = CycleSystem(s.network, s.alone.machine, &s.stage).cost(s.point);
    const ImageCost network =
        CycleSystem(s.alone.graph, s.alone.machine, nullptr).cost(s.alone.point);
    const ImageCost stage = CycleSystem(s.stage.front, own.machine, nullptr).cost(own.rails);
    expect_sums(cost);
    const std::size_t layers = s.stage.front.nodes.size();
    ASSERT_EQ(cost.stage_layers, layers + 1);
    for (std::size_t i = 0; i < layers; ++i) {
      EXPECT_EQ(cost.layers.layers[i], stage.layers.layers[i]) << cost.layers.names[i];
    }
    for (std::size_t i = 0; i < s.alone.graph.nodes.size(); ++i) {
      EXPECT_EQ(cost.layers.layers[layers + 1 + i], network.layers.layers[i]);
    }
    const auto bytes = static_cast<double>(s.alone.input.size());
    const std::uint64_t handover = (s.alone.input.size() + 6) / 7;
    EXPECT_EQ(cost.stage.outside.count(), 3 * bytes);
    EXPECT_NEAR(cost.stage.total().count(), stage.total.total().count() + 3 * bytes, 1e-6);
    EXPECT_NEAR(cost.total.total().count(),
                network.total.total().count() + stage.total.total().count() + 3 * bytes,
                1e-9 * cost.total.total().count());
    // Alone: generator, hand-over and network one after the other, taken up at the next edge.
    const Picoseconds period = duration(Cycles(1), accel::run_clock(s.alone.machine, s.point));
    const double edges = std::ceil(stage.latency / period * (1 - 1e-9));
    const double waited = (edges + static_cast<double>(handover)) * period.count();
    EXPECT_NEAR(cost.latency.count(), waited + network.latency.count(), 1e-3);
    EXPECT_EQ(cost.interval,
              std::max({stage.latency, network.latency,
                        Picoseconds(static_cast<double>(handover) * period.count())}));
  });
}

TEST(Placement, APipelineKeepsTheIntervalOfItsSlowestPart) {
  for_scenarios(Placement::kDedicated, 9900, 24, [](FusedScenario s, std::uint64_t seed) {
    // Whole periods, and clocks of which one or the other is the slower.
    s.stage.setup.machine.accelerator.clock = Hertz(seed % 2 == 0 ? 1e9 : 5e8);
    s.alone.machine.accelerator.clock = Hertz(seed % 3 == 0 ? 1e9 : 8e8);
    s.alone.machine.accelerator.clocking = accel::Clocking::kConstant;
    s.stage.setup.machine.accelerator.clocking = accel::Clocking::kConstant;
    s.stage.setup.config.handover.bytes_per_cycle = seed % 5 == 0 ? 1 : 64;
    const CycleSystem cycle(s.network, s.alone.machine, &s.stage);
    const ImageCost cost = cycle.cost(s.point);
    const DedicatedRun run = cycle.pipeline(s.point, 7);
    ASSERT_EQ(run.done.size(), 7U);
    EXPECT_EQ(run.done.front().count(), cost.latency.count());
    ASSERT_NO_THROW(accel::require_equal(
        cost.layers, cycle.cost(run.network.statistics, run.stage.statistics, s.point).layers));
    // The base takes images up at its clock's edges, so both ends are rounded to one.
    const double period = duration(Cycles(1), s.alone.machine.accelerator.clock).count();
    const double spent = (run.done[6] - run.done[3]).count() / 3;
    EXPECT_NEAR(spent, cost.interval.count(), period);
  });
}

TEST(Placement, OnTheHostTheTableIsWhatTheGeneratorCosts) {
  for_scenarios(Placement::kHost, 9500, 20, [](const FusedScenario& s, std::uint64_t) {
    const ImageCost cost = CycleSystem(s.network, s.alone.machine, &s.stage).cost(s.point);
    const ImageCost network =
        CycleSystem(s.alone.graph, s.alone.machine, nullptr).cost(s.alone.point);
    expect_sums(cost);
    EXPECT_EQ(cost.stage.total().count(), 789);
    EXPECT_EQ(cost.weight_reads.stage.count(), 0);
    EXPECT_NEAR(cost.total.total().count(), network.total.total().count() + 789,
                1e-9 * cost.total.total().count());
    EXPECT_EQ(cost.interval, std::max(Picoseconds(123456), network.latency));
    const LayerStatistics& host = cost.layers.layers.front();
    EXPECT_EQ(host.accesses[memory::GroupId::kFilter].reads, 0U);
    EXPECT_EQ(host.macs, 0U);
    EXPECT_EQ(cost.stage_cycles, host.total_cycles());
  });
}

/// Logits of the base network alone for codes of its input, on the chip of `s`.
std::vector<std::int32_t> alone(const FusedScenario& s, const Codes& codes, std::uint64_t seed) {
  const accel::FastEngine engine(s.alone.graph, s.alone.machine);
  accel::FastGraph::Workspace workspace = engine.make_workspace();
  std::vector<std::int32_t> logits;
  engine.run(engine.view(s.chip(seed), s.alone.point), codes, workspace, logits);
  return logits;
}

accel::Scenario plain_scenario(std::uint64_t seed, memory::FaultMapping mapping) {
  accel::Scenario s = accel::scenario(seed);
  s.machine = accel::small_machine(8, 8, 400);
  for (const char* rail : {"ifmap", "filter", "ofmap"}) {
    s.machine.ramps[rail] = {Picoseconds(1e6), Picojoules(5), ""};
  }
  s.machine.memory.faults.mapping = mapping;
  s.point = accel::rails(1, 0.8, seed % 2 == 0 ? 1 : 0.85);
  return s;
}

TEST(Placement, AGeneratorAtItsSafeVoltageTakesNoFaultFromTheNetwork) {
  int faulty = 0;
  for (std::uint64_t seed = 9600; seed < 9630; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const auto mapping : {memory::FaultMapping::kAddress, memory::FaultMapping::kIbmRandom}) {
      accel::Scenario base = plain_scenario(seed, mapping);
      models::Graph generator =
          test_support::random_generator(seed, base.graph.tensor(base.graph.input));
      const FusedScenario s =
          fuse_scenario(std::move(base), std::move(generator), Placement::kArray);
      const CycleSystem cycle(s.network, s.alone.machine, &s.stage);
      const auto run = cycle.run(s.alone.input, s.chip(seed), s.point).network.inference;
      const auto healthy = models::run_reference(s.stage.front, s.alone.input);
      const std::size_t last = s.stage.front.nodes.size() - 1;
      ASSERT_EQ(run.codes[last], healthy.codes[last]);
      ASSERT_EQ(run.logits, alone(s, healthy.codes[last], seed));
      faulty += run.logits != models::run_reference(s.alone.graph, healthy.codes[last]).logits;
    }
  }
  EXPECT_GT(faulty, 20);
}

TEST(Placement, AGeneratorOfNothingChangesNoLogitAtAnyVoltage) {
  for (const Placement placement : {Placement::kArray, Placement::kDedicated, Placement::kHost}) {
    for (std::uint64_t seed = 9700; seed < 9715; ++seed) {
      SCOPED_TRACE(std::string(placement_name(placement)) + ", seed " + std::to_string(seed));
      accel::Scenario base = plain_scenario(seed, memory::FaultMapping::kAddress);
      const models::Tensor& image = base.graph.tensor(base.graph.input);
      // Every code is a pixel, none is clipped.
      const auto channels = static_cast<std::size_t>(image.shape.channels);
      base.graph.preprocessing = {std::vector<double>(channels, image.zero_point / 255.0),
                                  std::vector<double>(channels, 1 / (255 * image.scale.front()))};
      models::Graph zero = test_support::zero_generator(image);
      base.point = accel::rails(0.9, 0.8 + 0.05 * static_cast<double>(seed % 5), 1);
      const FusedScenario s = fuse_scenario(std::move(base), std::move(zero), placement);
      const CycleSystem cycle(s.network, s.alone.machine, &s.stage);
      const auto run = cycle.run(s.alone.input, s.chip(seed), s.point);
      EXPECT_EQ(run.network.inference.logits, alone(s, s.alone.input, seed));
    }
  }
}

TEST(Placement, WeightReadsAreSavedAsThePaperCounts) {
  accel::Scenario base = plain_scenario(9802, memory::FaultMapping::kAddress);
  models::Graph generator =
      test_support::random_generator(9802, base.graph.tensor(base.graph.input));
  const FusedScenario s = fuse_scenario(std::move(base), std::move(generator), Placement::kArray);
  const ImageCost cost = CycleSystem(s.network, s.alone.machine, &s.stage).cost(s.point);
  double stage = 0;
  double network = 0;
  for (std::size_t i = 0; i < cost.layers.layers.size(); ++i) {
    const auto& filter = cost.layers.layers[i].accesses[memory::GroupId::kFilter];
    (i < cost.stage_layers ? stage : network) += static_cast<double>(filter.reads);
  }
  ASSERT_GT(network, 0);
  EXPECT_NEAR(cost.weight_reads.saving(), (network - (0.64 * network + stage)) / network, 1e-12);
}

}  // namespace
}  // namespace brownout::fuse
