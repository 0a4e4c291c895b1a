// SPDX-License-Identifier: Apache-2.0
// The chips of training are the simulator's.
#include "fuse/train/chip_source.h"

#include <gtest/gtest.h>

#include <string>

#include "accel/cycle_engine.h"
#include "models/reference.h"
#include "sim/core/error.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"

namespace brownout::fuse {
namespace {

using test_support::random_graph;
using test_support::random_input;

constexpr VminRatio kLow(0.8);

models::Graph with_weights(models::Graph graph, const ChipSource::Weights& weights) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (auto* conv = std::get_if<models::Conv>(&graph.nodes[i].operation)) {
      conv->weights = weights[i];
    }
  }
  return graph;
}

/// A network with the weights of the source, on a healthy machine, gives what the cycle engine
/// finds on the chip, read by read.
void expect_the_simulators_chips(memory::FaultMapping mapping) {
  accel::Machine machine = accel::small_machine(4, 5, 4);
  machine.memory.faults.mapping = mapping;
  int changed = 0;
  for (std::uint64_t seed = 700; seed < 720; ++seed) {
    SCOPED_TRACE(seed);
    test_support::RandomGraphLimits limits;
    limits.max_macs = 200'000;
    const models::Graph graph = random_graph(seed, limits);
    const auto input = random_input(graph, seed);
    try {
      const ChipSource source(graph, machine, "filter");
      const accel::OperatingPoint at = source.point(kLow);
      const accel::CycleEngine engine(graph, machine);
      const accel::ChipMaker maker(graph, engine.program(), machine);
      const auto chip = maker.make(ChipId(seed), accel::highest_fault_rates(machine, at));
      const models::Graph read = with_weights(graph, source.weights(seed, kLow));
      const models::Inference expected = engine.run(input, chip, at).inference;
      EXPECT_EQ(models::run_reference(read, input).logits, expected.logits);
      if (expected.logits != models::run_reference(graph, input).logits) ++changed;
    } catch (const InputError&) {
      continue;  // a network this machine cannot run
    }
  }
  EXPECT_GT(changed, 5);
}

TEST(ChipSource, GivesTheWeightsTheCycleEngineReads) {
  expect_the_simulators_chips(memory::FaultMapping::kAddress);
}

TEST(ChipSource, AlsoUnderTheMapOfThePublishedCode) {
  expect_the_simulators_chips(memory::FaultMapping::kIbmRandom);
}

TEST(ChipSource, AHealthyRailReadsWhatWasStored) {
  const accel::Machine machine = accel::small_machine(4, 5, 4);
  const models::Graph graph = random_graph(703, {});
  const ChipSource source(graph, machine, "filter");
  const auto weights = source.weights(1, VminRatio(1.0));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* conv = std::get_if<models::Conv>(&graph.nodes[i].operation);
    EXPECT_EQ(weights[i], conv == nullptr ? std::vector<std::int8_t>{} : conv->weights);
  }
}

TEST(VoltageAt, InvertsTheCurve) {
  const memory::VoltageCurve& curve = accel::small_machine(4, 4, 4).memory.curve;
  for (const double rate : {0.03, 0.02, 0.001, 1e-4}) {
    EXPECT_NEAR(curve.bit_error_rate(voltage_at(curve, rate)) / rate, 1, 1e-6);
  }
  EXPECT_THROW(static_cast<void>(voltage_at(curve, 0.2)), InputError);
}

}  // namespace
}  // namespace brownout::fuse
