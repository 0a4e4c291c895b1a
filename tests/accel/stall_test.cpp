// SPDX-License-Identifier: Apache-2.0
// Stalls of a network small enough to be timed by hand: one pixel through one 1 x 1 convolution.
#include <gtest/gtest.h>

#include "accel/cycle_engine.h"
#include "tests/accel/machine_fixture.h"

namespace brownout::accel {
namespace {

models::Graph one_product() {
  models::Conv conv;
  conv.weights = {3};
  conv.weight_scale = {1};
  conv.bias = {0};
  models::Graph graph;
  graph.tensors = {{"in", {1, 1, 1}, models::ElementType::kUint8, {1.0}, 0},
                   {"out", {1, 1, 1}, models::ElementType::kInt32, {1.0}, 0}};
  graph.nodes = {{"conv", conv, {TensorId(0)}, TensorId(1)}};
  graph.input = TensorId(0);
  graph.output = TensorId(1);
  return graph;
}

LayerStatistics timed(const Machine& machine) {
  const models::Graph graph = one_product();
  return CycleEngine(graph, machine).time(rails(1, 1, 1)).total();
}

TEST(Stalls, AreTheTimesOfDramRoundedUpToClockEdges) {
  Machine machine = small_machine(1, 1, 4);
  machine.accelerator.dram.t_cl = Picoseconds(18400);
  const LayerStatistics run = timed(machine);
  // Opening a row 12 ns, column 18.4 ns, one burst 2 ns, latency 10 ns: edge 43.
  EXPECT_EQ(run.at(Activity::kStallIfmap), 43U);
  // The weight lies in the same row, asked for at edge 43: column, burst, latency: 30.4 ns.
  EXPECT_EQ(run.at(Activity::kStallFilter), 31U);
  // Written back at edge 75: column and burst, posted: 20.4 ns.
  EXPECT_EQ(run.at(Activity::kStallOfmap), 21U);
  EXPECT_EQ(run.at(Activity::kCompute) + run.at(Activity::kFill) + run.at(Activity::kDrain), 1U);
  EXPECT_EQ(run.dram_events, (memory::DramCounts{3, 1}));
}

TEST(Stalls, APicosecondTooLateCostsACycle) {
  Machine machine = small_machine(1, 1, 4);
  machine.accelerator.dram.t_rcd = Picoseconds(12000);
  EXPECT_EQ(timed(machine).at(Activity::kStallIfmap), 42U);
  machine.accelerator.dram.t_rcd = Picoseconds(12001);
  EXPECT_EQ(timed(machine).at(Activity::kStallIfmap), 43U);
}

TEST(Stalls, DramKeepsItsTimeAtAnyClock) {
  Machine machine = small_machine(1, 1, 4);
  machine.accelerator.clock = Hertz(5e8);
  EXPECT_EQ(timed(machine).at(Activity::kStallIfmap), 21U);
  machine.accelerator.clock = Hertz(2e9);
  EXPECT_EQ(timed(machine).at(Activity::kStallIfmap), 84U);
}

}  // namespace
}  // namespace brownout::accel
