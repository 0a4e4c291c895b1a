// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/chip_store.h"

#include <gtest/gtest.h>

#include <vector>

#include "accel/lowering.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"

namespace brownout::sweep {
namespace {

TEST(ChipStore, GivesTheSameChipToAllItsPointsAndThatOfItsSeed) {
  const accel::Machine machine = accel::small_machine(4, 4, 40);
  const memory::PerGroup<memory::BufferRates> rates(0.0, 0.03, 0.0);
  std::vector<Point> points(4);
  for (std::size_t i = 0; i < points.size(); ++i) points[i].chip = ChipId(7 + i / 2);
  const models::Graph graph = test_support::random_graph(1);
  const accel::Program program = accel::lower(graph, machine);
  const accel::ChipMaker maker(graph, program, machine);
  ChipStore store(maker, rates, points);
  const memory::Chip expected(ChipId(8), machine.geometry(), rates, machine.memory.faults);
  const auto failing = [](const memory::Chip& chip) {
    return chip.weak_cells(memory::GroupId::kFilter).mask(0.02);
  };
  std::vector<const memory::Chip*> seen;
  for (const Point& point : points) {
    store.use(point.chip, [&](const memory::Chip& chip) {
      EXPECT_EQ(chip.id(), point.chip);
      seen.push_back(&chip);
      if (chip.id() == ChipId(8)) {
        EXPECT_EQ(failing(chip).keep, failing(expected).keep);
        EXPECT_EQ(failing(chip).flip, failing(expected).flip);
      }
    });
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_NE(seen[1], seen[2]);
}

}  // namespace
}  // namespace brownout::sweep
