// SPDX-License-Identifier: Apache-2.0
// What is drawn as a map is what the simulator has, and maps keep their cells in other blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "memory/fault_map_file.h"
#include "memory/ibm_random.h"
#include "memory/memory_file.h"
#include "memory/validation/alignment.h"
#include "memory/validation/recut.h"
#include "memory/validation/sample.h"
#include "sim/core/error.h"
#include "tests/memory/validation/simulated_map.h"

namespace brownout::memory::validation {
namespace {

using Place = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, ReadsAs>;

MemoryConfig ibm14nm(const config::Overrides& overrides = {}) {
  return load_memory(BROWNOUT_SOURCE_DIR "/configs/memory/ibm14nm.yaml", overrides);
}

std::set<Place> cells_of(const FaultMap& map, std::size_t level) {
  std::set<Place> cells;
  for (const MapFault& fault : map.levels()[level].faults) {
    const CellPlace place = map.geometry().place(fault.cell);
    cells.emplace(place.block, place.row, place.bit, fault.reads);
  }
  return cells;
}

/// The cells of a buffer of `banks` banks as both engines make them.
std::set<Place> simulated_cells(const MemoryConfig& model, const CellFamily& family,
                                const SramGeometry& geometry, double voltage) {
  const double rate = model.curve.bit_error_rate(VminRatio(voltage));
  const WeakCells weak(family, geometry, rate, model.faults);
  std::set<Place> cells;
  for (const WeakCell& cell : weak.cells()) {
    const WordLocation at = geometry.locate(cell.word);
    cells.emplace(at.macro.value(), at.row.value(), cell.bit.value(),
                  cell.reads_one ? ReadsAs::kOne : ReadsAs::kZero);
  }
  return cells;
}

TEST(DrawMap, GivesTheCellsOfTheSimulatorThroughAFile) {
  const std::string path = (std::filesystem::path(testing::TempDir()) / "drawn.csv.zst").string();
  const std::vector<config::Overrides> variants = {
      {},
      {"faults.spatial.columns=0.1", "faults.spatial.macros=0.5", "faults.spatial.rows=2"},
      {"faults.share_of_ones=0.8"}};
  for (const auto& overrides : variants) {
    const MemoryConfig model = ibm14nm(overrides);
    for (const GroupId group : {GroupId::kIfmap, GroupId::kFilter, GroupId::kOfmap}) {
      const DrawPlan plan{{4, 512, 64}, true, {0.85, 0.8}, group, 0};
      write_fault_map(draw_map(model, ChipId(7), plan), path);
      const FaultMap map = load_fault_map(path);
      const SramGeometry buffer(model.macro, Bytes(4 * model.macro.bytes()), 4);
      for (std::size_t i = 0; i < 2; ++i) {
        const auto expected = simulated_cells(model, {ChipId(7), group}, buffer, plan.voltages[i]);
        EXPECT_EQ(cells_of(map, i), expected);
        EXPECT_FALSE(expected.empty());
      }
    }
  }
}

TEST(DrawMap, WideWordsLieInMacrosSideBySide) {
  const MemoryConfig model = ibm14nm();
  const FaultMap wide = draw_map(model, ChipId(1), {{2, 512, 100}, true, {0.8}, {}, 0});
  const FaultMap narrow = draw_map(model, ChipId(1), {{4, 512, 64}, true, {0.8}, {}, 0});
  std::set<Place> expected;
  for (const auto& [block, row, bit, reads] : cells_of(narrow, 0)) {
    const std::uint32_t at = block % 2 * 64 + bit;
    if (at < 100) expected.emplace(block / 2, row, at, reads);
  }
  EXPECT_EQ(cells_of(wide, 0), expected);
}

TEST(DrawMap, IbmRandomIsTheMapLaidOverTheWeights) {
  const MemoryConfig model = ibm14nm({"faults.mapping=ibm_random"});
  DrawPlan plan{ibm_random_geometry(), true, {0.833333}, GroupId::kFilter, 0};
  const FaultMap map = draw_map(model, ChipId(7), plan);
  const double rate = model.curve.bit_error_rate(VminRatio(0.833333));
  const IbmRandomMap published(7, rate);
  std::set<Place> expected;
  for (const IbmRandomMap::Cell& cell : published.cells()) {
    expected.emplace(0, cell.byte / 16, cell.byte % 16 * 8 + cell.bit,
                     cell.reads_one ? ReadsAs::kOne : ReadsAs::kZero);
  }
  EXPECT_EQ(cells_of(map, 0), expected);
  plan.geometry = {1, 512, 64};
  EXPECT_THROW(static_cast<void>(draw_map(model, ChipId(7), plan)), InputError);
}

TEST(DrawMap, AMeasuredMapInPlaceOfTheModelIsNotDrawn) {
  MemoryConfig model = ibm14nm();
  const DrawPlan plan{{1, 512, 64}, true, {0.8}, GroupId::kFilter, 0};
  MapConfig measured{draw_map(model, ChipId(7), plan), {}, {GroupId::kFilter}, {VminRatio(0.8)}};
  model.faults.map = measured;
  EXPECT_THROW(static_cast<void>(draw_map(model, ChipId(7), plan)), InputError);
  DrawPlan other = plan;
  other.group = GroupId::kIfmap;
  EXPECT_FALSE(draw_map(model, ChipId(7), other).levels()[0].faults.empty());
}

TEST(Recut, TilesKeepEveryCell) {
  Simulation s;
  s.geometry = {3, 64, 32};
  const FaultMap map = simulate(s, 5);
  const FaultMap tiles = cut_blocks(map, 16, 8);
  EXPECT_EQ(tiles.geometry(), (MapGeometry{3 * 4 * 4, 16, 8}));
  std::set<Place> expected;
  for (const auto& [block, row, bit, reads] : cells_of(map, 3)) {
    expected.emplace(block * 16 + row / 16 * 4 + bit / 8, row % 16, bit % 8, reads);
  }
  EXPECT_EQ(cells_of(tiles, 3), expected);
  EXPECT_THROW(static_cast<void>(cut_blocks(map, 15, 8)), InputError);
  const FaultMap some = every_block(map, 2);
  EXPECT_EQ(some.geometry(), (MapGeometry{2, 64, 32}));
  for (const auto& [block, row, bit, reads] : cells_of(some, 3)) {
    EXPECT_EQ(cells_of(map, 3).count({block * 2, row, bit, reads}), 1U);
  }
}

TEST(Alignment, MapAndModelMeetAtCommonVoltages) {
  ThreadPool pool;
  const MemoryConfig model = ibm14nm();
  const FaultMap map = draw_map(model, ChipId(1), {{4, 64, 8}, true, {0.95, 0.8}, {}, 0});
  std::vector<MapLevel> levels = map.levels();
  levels.push_back({0.7, 0, {}});  // below the curve
  const Subject a{"a", FaultMap("a", map.geometry(), true, levels)};
  const Subject b{"b", model};
  Alignment how;
  how.chips = 3;
  for (const bool map_first : {true, false}) {
    const Aligned sides = map_first ? align(a, b, how, pool) : align(b, a, how, pool);
    EXPECT_EQ(voltages_of(sides.a.first), (std::vector<double>{0.95, 0.8}));
    EXPECT_EQ(voltages_of(sides.b.first), (std::vector<double>{0.95, 0.8}));
    EXPECT_EQ(sides.a.level, 1U);
    EXPECT_EQ((map_first ? sides.b : sides.a).chips.size(), 3U);
  }
  how.level = config::SupplyVoltage{0.95, true};
  EXPECT_EQ(align(a, b, how, pool).b.level, 0U);
  how.level = config::SupplyVoltage{0.9, true};
  EXPECT_THROW(static_cast<void>(align(a, b, how, pool)), InputError);
  how = {};
  how.voltages = {{0.8, false}};
  EXPECT_THROW(static_cast<void>(align(a, b, how, pool)), InputError);
  const Subject volts{"v", FaultMap("v", map.geometry(), false, {{0.8, 0, {}}})};
  EXPECT_THROW(static_cast<void>(align(volts, b, {}, pool)), InputError);
  EXPECT_THROW(static_cast<void>(align(volts, a, {}, pool)), InputError);
}

TEST(Alignment, AModelComparedWithItselfDrawsOtherChips) {
  ThreadPool pool;
  const Subject model{"m", ibm14nm()};
  Alignment how;
  how.chips = 2;
  how.geometry = MapGeometry{2, 64, 8};
  const Aligned sides = align(model, model, how, pool);
  EXPECT_NE(cells_of(sides.a.first, sides.a.level), cells_of(sides.b.first, sides.b.level));
  EXPECT_EQ(sides.a.first.levels().size(), 7U);
}

}  // namespace
}  // namespace brownout::memory::validation
