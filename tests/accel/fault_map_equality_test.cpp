// SPDX-License-Identifier: Apache-2.0
// Measured chips and placements in both engines: the same codes and logits, and of a drawn chip
// written down as a map, those of the model it was drawn from.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "accel/chip_maker.h"
#include "accel/compare.h"
#include "accel/cycle_engine.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "sim/core/error.h"
#include "tests/accel/random_map.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using memory::PlacementOrder;
using memory::UnknownDirection;

/// Two images in both engines, found equal; none when the network does not fit the machine.
std::optional<models::Inference> run_both(const Scenario& s, std::uint64_t seed) {
  std::optional<models::Inference> first;
  try {
    const CycleEngine cycle(s.graph, s.machine);
    const FastEngine fast(s.graph, s.machine);
    const ChipMaker maker(s.graph, fast.program(), s.machine);
    const memory::Chip chip = maker.make(ChipId(seed), highest_fault_rates(s.machine, s.point));
    const FastEngine::View view = fast.view(chip, s.point);
    FastGraph::Workspace workspace = fast.make_workspace();
    for (std::uint32_t image = 0; image < 2; ++image) {
      const CycleRun run = cycle.run(s.input, chip, s.point, image);
      const models::Inference b = fast.run_all(view, s.input, workspace, image);
      EXPECT_NO_THROW(require_equal(s.graph, fast.program(), s.machine, b, run.inference));
      EXPECT_NO_THROW(require_equal(cycle.time(s.point), run.statistics));
      if (!first) first = b;
    }
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("one step needs"), std::string::npos) << error.what();
  }
  return first;
}

TEST(MeasuredChip, IsTheSameInBothEnginesHoweverItsBlocksArePlaced) {
  int run = 0;
  int changed = 0;
  for (std::uint64_t seed = 7000; seed < 7060; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario s = scenario(seed);
    memory::FaultConfig& faults = s.machine.memory.faults;
    faults.map = random_map(s.machine, seed);
    faults.map->unknown = static_cast<UnknownDirection>(seed % 4);
    faults.placement.order = static_cast<PlacementOrder>(seed % 3);
    faults.placement.test_at = VminRatio(0.8);
    if (seed % 5 == 0) faults.map->buffers = {GroupId::kFilter};
    const auto inference = run_both(s, seed);
    ASSERT_FALSE(testing::Test::HasFailure());
    if (!inference) continue;
    ++run;
    const models::Inference healthy = models::run_reference(s.graph, s.input);
    if (inference->codes != healthy.codes) ++changed;
  }
  EXPECT_GT(run, 35);
  EXPECT_GT(changed, run / 3) << "too few scenarios showed any fault";
}

TEST(MeasuredChip, InOrderIsTheChipItWasDrawnFrom) {
  int changed = 0;
  for (std::uint64_t seed = 7100; seed < 7140; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario s = scenario(seed);
    for (const GroupId group : memory::kGroups) {
      s.machine.accelerator.buffers[group].ecc = {};  // a map has no check bits
    }
    if (seed % 2 == 0) s.machine.memory.faults.spatial = memory::SpatialModel({0.5, 0, 0.8});
    const auto model = run_both(s, seed);
    ASSERT_FALSE(testing::Test::HasFailure());
    if (!model) continue;
    s.machine.memory.faults.map = drawn_map(s, seed);
    s.machine.memory.faults.spatial = {};
    const auto map = run_both(s, seed + 1);  // the map is the same on every chip
    ASSERT_FALSE(testing::Test::HasFailure());
    ASSERT_EQ(*map, *model);
    const models::Inference healthy = models::run_reference(s.graph, s.input);
    if (model->codes != healthy.codes) ++changed;
  }
  EXPECT_GT(changed, 10);
}

TEST(Placement, OfDrawnChipsIsTheSameInBothEngines) {
  int run = 0;
  for (std::uint64_t seed = 7200; seed < 7240; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario s = scenario(seed);
    memory::FaultConfig& faults = s.machine.memory.faults;
    faults.spatial = memory::SpatialModel({0.3, 0, 0});
    faults.placement.order = seed % 2 == 0 ? PlacementOrder::kRandom : PlacementOrder::kFaultAware;
    faults.placement.test_at = VminRatio(0.85);
    if (s.machine.memory.delay) faults.access_time = memory::AccessTime{0.4, 0.2, 1.3};
    if (run_both(s, seed)) ++run;
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  EXPECT_GT(run, 20);
}

TEST(MeasuredChip, RefusesVoltagesItDoesNotKnowAndNamesThoseItDoes) {
  Scenario s = scenario(1);
  s.machine.memory.faults.map = random_map(s.machine, 1);
  const memory::FaultMap& all = s.machine.memory.faults.map->map;
  s.machine.memory.faults.map->map = all.select({20, 10});
  s.machine.memory.faults.map->voltages = {VminRatio(0.9), VminRatio(0.8)};
  EXPECT_EQ(s.machine.memory.faults.map->level_at(VminRatio(0.9)), 0U);
  EXPECT_FALSE(s.machine.memory.faults.map->level_at(VminRatio(1)));
  for (const double voltage : {0.79, 0.85, 0.95, 0.9 + 1e-5}) {
    try {
      static_cast<void>(fault_rates(s.machine, GroupId::kFilter, VminRatio(voltage), Hertz(1e9)));
      FAIL() << voltage;
    } catch (const InputError& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("0.9 Vmin, 0.8 Vmin"), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace brownout::accel
