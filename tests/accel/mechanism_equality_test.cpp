// SPDX-License-Identifier: Apache-2.0
// One truth for every fault mechanism: the cycle engine, which finds failing cells access by access
// and keeps what each cell holds, equals the fast engine, which knows them by address.
#include <gtest/gtest.h>

#include <string>

#include "accel/compare.h"
#include "accel/cycle_engine.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "accel/weight_flips.h"
#include "sim/core/error.h"
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

/// Scenario of `seed` with these faults, on one set of voltages where cells have to hold data.
Scenario scenario_with(std::uint64_t seed, const memory::FaultConfig& faults,
                       double coded_share = 0) {
  Scenario s = scenario(seed);
  if (coded_share > 0) {
    if (seed % 4 == 0) {  // words narrower than a partial sum
      s.machine.memory.macro.rows = 64 * 64 / 8;
      s.machine.memory.macro.word_bits = 8;
      for (const memory::GroupId group : memory::kGroups)
        s.machine.accelerator.buffers[group].ecc = {};
    }
    protect(s.machine, seed, coded_share);
  }
  s.machine.memory.faults = faults;
  if (faults.access_time && !s.machine.memory.delay) {
    s.machine.memory.delay = memory::DelayLaw{Picoseconds(900), VminRatio(0.5), 1.3, ""};
  }
  if (faults.uses(Mechanism::kWriteFailure) || faults.uses(Mechanism::kRetention)) {
    s.point = OperatingPoint(s.point.rails());
  }
  return s;
}

/// What became of every word the array read from the filter buffer, by layer.
class WeightReads : public RunObserver {
 public:
  explicit WeightReads(std::size_t layers) : outcomes(layers) {}
  void on_access(const Access& access) override {
    if (access.group != memory::GroupId::kFilter || access.kind != AccessKind::kRead) return;
    outcomes.at(access.layer) += access.outcomes;
  }
  std::vector<memory::CodeOutcomes> outcomes;
};

/// The fast engine counts every word once, the array reads it once for every tile of pixels.
void expect_same_outcomes(const FastEngine& fast, const FastEngine::View& view,
                          const WeightReads& reads) {
  for (std::size_t i = 0; i < reads.outcomes.size(); ++i) {
    const ConvGeometry* conv = fast.program().layers[i].conv();
    if (conv == nullptr) continue;
    std::uint64_t first_uses = 0;
    for (std::uint64_t f = 0; f < conv->folds(); ++f) {
      first_uses += conv->first_use_of_filter(conv->fold(f)) ? 1 : 0;
    }
    memory::CodeOutcomes expected;
    for (std::uint64_t times = conv->folds() / first_uses; times > 0; --times) {
      expected += view.weight_words[i];
    }
    const memory::CodeOutcomes& found = reads.outcomes[i];
    EXPECT_EQ(found.words, expected.words) << i;
    EXPECT_EQ(found.corrected, expected.corrected) << i;
    EXPECT_EQ(found.detected, expected.detected) << i;
    EXPECT_EQ(found.silent, expected.silent) << i;
  }
}

/// Runs images 0 to 2 in both engines; gives how many of the first image's nodes differ from
/// fault-free ones, or -1 when the network does not fit the machine.
int compare(const Scenario& s, std::uint64_t seed) {
  const memory::Chip chip = chip_for(s, seed);
  const models::Inference healthy = models::run_reference(s.graph, s.input);
  int changed = 0;
  try {
    const CycleEngine cycle(s.graph, s.machine);
    const FastEngine fast(s.graph, s.machine);
    const FastEngine::View view = fast.view(chip, s.point);
    FastGraph::Workspace workspace = fast.make_workspace();
    for (std::uint32_t image = 0; image < 3; ++image) {
      if (image == 0) {
        WeightReads reads(s.graph.nodes.size());
        static_cast<void>(cycle.run(s.input, chip, s.point, image, &reads));
        expect_same_outcomes(fast, view, reads);
      }
      WeightFlipCounter counter(s.graph, cycle.program());
      const models::Inference a = cycle.run(s.input, chip, s.point, image, &counter).inference;
      const models::Inference b = fast.run_all(view, s.input, workspace, image);
      std::vector<std::int32_t> logits;
      EXPECT_EQ(counter.flipped(), fast.run(view, s.input, workspace, logits, image)) << image;
      EXPECT_NO_THROW(require_equal(s.graph, fast.program(), s.machine, b, a)) << image;
      if (image > 0) continue;
      for (std::size_t i = 0; i < a.codes.size(); ++i) changed += a.codes[i] != healthy.codes[i];
    }
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("one step needs"), std::string::npos) << error.what();
    return -1;
  }
  return changed;
}

void expect_equal_engines(const memory::FaultConfig& faults, std::uint64_t first_seed,
                          double coded_share = 0) {
  int changed = 0;
  int run = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const int nodes = compare(scenario_with(seed, faults, coded_share), seed);
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
