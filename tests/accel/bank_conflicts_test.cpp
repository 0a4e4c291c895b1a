// SPDX-License-Identifier: Apache-2.0
// Cycles lost in banks: a case worked out by hand, and laws that hold on random layers.
#include "accel/bank_conflicts.h"

#include <gtest/gtest.h>

#include <random>

#include "accel/cycle_engine.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

using memory::GroupId;

memory::PerGroup<BankedBuffer> buffers(std::uint32_t banks, std::uint32_t ports) {
  const BankedBuffer buffer{
      memory::SramGeometry({64, 64}, Bytes(std::uint64_t{64} * 64 * 8), banks), ports};
  return {buffer, buffer, buffer};
}

/// 1 x 1 convolution of 8 channels to 8 filters over `pixels` pixels, raw results.
ConvGeometry pointwise(int pixels, std::uint32_t side) {
  models::Conv conv;
  conv.weights.assign(64, 0);
  conv.weight_scale = {1};
  conv.bias.assign(8, 0);
  return {conv, {8, 1, pixels}, {side, side, 8}};
}

TEST(BankConflicts, ACycleLastsAsLongAsItsBusiestBank) {
  // Output stationary, 8 x 8 array, 8 pixels of one word each: pixel p reads its only word in cycle
  // p, so the ifmap never conflicts. Every k reads one filter word. Raw results are 4 words a
  // pixel; the word of columns 2j and 2j + 1 leaves in cycle 8 - 1 + p + 2j + 1. In cycle 8 + s
  // leave the words with p + 2j = s: pixels of the same parity, word 4 p + j, bank (4 p + j) % 4 =
  // j of 4: all different. With one bank, the number of words that leave together counts.
  const ConvGeometry conv = pointwise(8, 8);
  const ConflictCycles four = fold_conflicts(conv, conv.fold(0), buffers(4, 1));
  EXPECT_EQ(four[GroupId::kIfmap] + four[GroupId::kFilter] + four[GroupId::kOfmap], 0U);
  // p + 2j = s, 0 <= p < 8, 0 <= j < 4: 1 1 2 2 3 3 4 4 3 3 2 2 1 1 for s = 0..13, of 32 words.
  const ConflictCycles one = fold_conflicts(conv, conv.fold(0), buffers(1, 1));
  EXPECT_EQ(one[GroupId::kOfmap], 32U - 14U);
  EXPECT_EQ(one[GroupId::kIfmap] + one[GroupId::kFilter], 0U);
  // Two ports serve two: 0 0 0 0 1 1 1 1 1 1 0 0 0 0 cycles more.
  EXPECT_EQ(fold_conflicts(conv, conv.fold(0), buffers(1, 2))[GroupId::kOfmap], 6U);
}

TEST(BankConflicts, MorePortsNeverCostAndEnoughCostNothing) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const models::Graph graph = test_support::random_graph(seed);
    std::mt19937_64 random(seed);
    Machine machine = small_machine(static_cast<std::uint32_t>(1 + random() % 20),
                                    static_cast<std::uint32_t>(1 + random() % 20), 400);
    machine.accelerator.array.dataflow = kDataflows.at(seed % 3);
    for (const GroupId group : memory::kGroups) machine.accelerator.buffers[group].banks = 4;
    const std::uint64_t ideal =
        CycleEngine(graph, machine).time(rails(1, 1, 1)).total().total_cycles().count();
    machine.accelerator.conflicts = BankConflicts::kModelled;
    std::uint64_t before = ~std::uint64_t{0};
    for (const std::uint32_t ports : {1U, 2U, 8U, 2000U}) {
      for (const GroupId group : memory::kGroups) machine.accelerator.buffers[group].ports = ports;
      machine.accelerator.memory = MemoryModel::kIdeal;  // waiting for DRAM would hide conflicts
      const std::uint64_t cycles =
          CycleEngine(graph, machine).time(rails(1, 1, 1)).total().total_cycles().count();
      ASSERT_LE(cycles, before);
      before = cycles;
    }
    machine.accelerator.memory = MemoryModel::kModelled;
    ASSERT_EQ(CycleEngine(graph, machine).time(rails(1, 1, 1)).total().total_cycles().count(),
              ideal);
  }
}

}  // namespace
}  // namespace brownout::accel
