// SPDX-License-Identifier: Apache-2.0
// Sensitivities of random networks: nothing lost where nothing fails, and what is lost elsewhere is
// what a hand-made schedule loses, in the fast engine's own words and in the cycle engine's.
#include "sim/sweep/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "accel/weight_flips.h"
#include "sim/core/error.h"
#include "sim/sweep/single_run.h"
#include "tests/sweep/random_experiment.h"

namespace brownout::sweep {
namespace {

Sensitivities measure(const Experiment& experiment, std::size_t jobs = 2) {
  return measure_sensitivities(experiment, jobs, [](const Progress&) {});
}

/// What `engine` finds with a schedule written out layer by layer, as a user's configuration has
/// it.
PointResult scheduled(Experiment experiment, const LayerSensitivity& one, ChipId chip,
                      Engine engine) {
  const SweepConfig& sweep = *experiment.config.sweep;
  const VminRatio safe = experiment.config.rails.voltage(sweep.rail);
  std::vector<accel::VoltageChange> schedule = {
      {static_cast<std::uint32_t>(one.layer), sweep.rail, one.voltage}};
  const auto next = static_cast<std::uint32_t>(one.layer + 1);
  if (next < experiment.graph.nodes.size()) schedule.push_back({next, sweep.rail, safe});
  std::map<std::string, VminRatio> rails = experiment.config.rails.rails();
  if (one.layer == 0) rails[sweep.rail] = one.voltage;
  experiment.config.rails = accel::OperatingPoint(rails, schedule);
  experiment.config.machine.ramps[sweep.rail] = {Picoseconds(1000), Picojoules(1), ""};
  experiment.config.run = {chip, sweep.images};
  return run_single(experiment, engine, [](const Progress&) {}).result;
}

TEST(Sensitivity, NothingIsLostWhereNothingFails) {
  for (std::uint64_t seed = 100; seed < 115; ++seed) {
    Experiment experiment = random_experiment(seed);
    experiment.config.sweep->voltages = {VminRatio(1)};
    const Sensitivities measured = measure(experiment);
    ASSERT_FALSE(measured.layers.empty());
    for (const double reference : measured.references) EXPECT_EQ(reference, 1.0);
    for (const LayerSensitivity& one : measured.layers) {
      EXPECT_EQ(one.lost, std::vector<double>(3, 0.0)) << "seed " << seed;
      EXPECT_EQ(one.wrong_bits, 0) << "seed " << seed;
    }
  }
}

TEST(Sensitivity, IsWhatAScheduleWrittenByHandLoses) {
  int lost = 0;
  int faulty = 0;
  for (std::uint64_t seed = 120; seed < 132; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Experiment experiment = random_experiment(seed);
    if (seed % 3 == 1) {
      experiment.config.machine.memory.faults.mapping = memory::FaultMapping::kIbmRandom;
    }
    if (seed % 3 == 2) {
      experiment.config.machine.memory.faults.mechanisms.front().mechanism =
          memory::Mechanism::kInvertedRead;
      experiment.config.machine.memory.faults.mapping = memory::FaultMapping::kOwnCells;
    }
    const Sensitivities measured = measure(experiment);
    ASSERT_EQ(measured.references, std::vector<double>(3, 1.0));
    for (const LayerSensitivity& one : measured.layers) {
      double flipped = 0;  // of the network's weight bits
      for (std::size_t chip = 0; chip < one.lost.size(); ++chip) {
        const ChipId id(experiment.config.sweep->first_chip.value() + chip);
        const PointResult by_hand = scheduled(experiment, one, id, Engine::kFast);
        EXPECT_EQ(one.lost[chip], 1.0 - by_hand.accuracy());
        flipped += by_hand.flipped_weight_bits / static_cast<double>(one.lost.size());
        if (one.lost[chip] != 0) ++lost;
      }
      const double share = static_cast<double>(measured.costs[one.layer].weight_bits) /
                           static_cast<double>(accel::weight_bits(experiment.graph));
      EXPECT_NEAR(one.wrong_bits * share, flipped, 1e-12);
      if (flipped > 0) ++faulty;
    }
    if (measured.layers.empty()) continue;  // nothing in it has weights
    // One of them access by access.
    const LayerSensitivity& last = measured.layers.back();
    EXPECT_EQ(last.lost.front(),
              1.0 - scheduled(experiment, last, experiment.config.sweep->first_chip, Engine::kBoth)
                        .accuracy());
  }
  EXPECT_GT(faulty, 20) << "too few layers had any fault";
  EXPECT_GT(lost, 0);
}

TEST(Sensitivity, DoesNotDependOnThreads) {
  const Experiment experiment = random_experiment(140);
  EXPECT_EQ(sensitivity_csv(measure(experiment, 1)), sensitivity_csv(measure(experiment, 3)));
}

TEST(Sensitivity, LayersWithoutOperandsOnTheRailAreLeftOut) {
  Experiment experiment = random_experiment(141);
  const std::size_t nodes = experiment.graph.nodes.size();
  const auto convolutions = static_cast<std::size_t>(std::count_if(
      experiment.graph.nodes.begin(), experiment.graph.nodes.end(), [](const models::Node& node) {
        return std::holds_alternative<models::Conv>(node.operation);
      }));
  EXPECT_EQ(measure(experiment).layers.size(), 2 * convolutions);
  experiment.config.sweep->rail = "ifmap";
  EXPECT_EQ(measure(experiment).layers.size(), 2 * nodes);
}

TEST(Sensitivity, RefusesCellsThatKeepWhatAnotherLayerLeft) {
  Experiment experiment = random_experiment(142);
  experiment.config.machine.memory.faults.mechanisms.front().mechanism =
      memory::Mechanism::kRetention;
  EXPECT_THROW(static_cast<void>(measure(experiment)), InputError);
}

}  // namespace
}  // namespace brownout::sweep
