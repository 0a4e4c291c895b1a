// SPDX-License-Identifier: Apache-2.0
#include "memory/map_config.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "memory/chip_faults.h"
#include "memory/fault_map_file.h"
#include "memory/macro_order.h"
#include "memory/memory_config.h"
#include "sim/core/error.h"
#include "tests/config/config_fixture.h"

namespace brownout::memory {
namespace {

/// Two macros of 512 x 64 side by side, twice below each other.
constexpr const char* kMap =
    "# geometry: 1 x 1024 x 128\n"
    "voltage,block,word,bit,direction,failures,reads\n"
    "0.9 Vmin,0,3,7,1,4,4\n"
    "0.9 Vmin,0,600,70,0,1,4\n"
    "0.8 Vmin,0,3,8,1,4,4\n"
    "0.8 Vmin,0,4,64,?,4,4\n";

class MapConfigTest : public config::ConfigTest {
 protected:
  MapConfigTest() { write("chip.csv", kMap); }

  MemoryConfig read(const config::Overrides& overrides) const {
    config::Overrides all = {"faults.map.file=" + (folder() / "chip.csv").string()};
    all.insert(all.end(), overrides.begin(), overrides.end());
    config::Document document = config::Document::load(
        std::filesystem::path(BROWNOUT_SOURCE_DIR) / "configs/memory/ibm14nm.yaml", all);
    MemoryConfig memory = read_memory_config(document.root());
    document.finish();
    return memory;
  }
  std::string error_of(const config::Overrides& overrides) const {
    try {
      static_cast<void>(read(overrides));
    } catch (const InputError& error) {
      return without_folder(error.what());
    }
    return "no error";
  }
  [[nodiscard]] std::filesystem::path folder() const { return write("x", "").parent_path(); }
};

const std::string kUnknown = "faults.map.unknown_direction=";

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(MapConfigTest, TellsWhatItNeedsAndWhatItDoesNotGoWith) {
  expect_part(error_of({}), "unknown_direction: missing, required: flipped, zero, one or random");
  const std::string flipped = kUnknown + "flipped";
  EXPECT_EQ(error_of({flipped}), "no error");
  expect_part(error_of({flipped, "faults.map.buffers=[filter, weights]"}),
              "found 'weights', allowed: ifmap, filter, ofmap");
  expect_part(error_of({flipped, "faults.map.buffers=[filter, filter]"}), "'filter' twice");
  expect_part(error_of({flipped, "faults.map.buffers=[]"}), "found none, allowed: at least one");
  expect_part(error_of({flipped, "faults.map.geometry=2x3"}), "found '2x3'");
  expect_part(error_of({flipped, "faults.map.file=none.csv"}), "none.csv");
  expect_part(error_of({flipped, "faults.mapping=ibm_random"}), "ibm_random");
  expect_part(error_of({flipped, "faults.ageing={shift: 0.01}"}), "'temperature' or 'ageing'");
  const std::string spatial = "faults.spatial={macros: 1}";
  expect_part(error_of({flipped, spatial}), "which describe the cells of none");
  EXPECT_EQ(error_of({flipped, spatial, "faults.map.buffers=[filter]"}), "no error");
  expect_part(error_of({flipped, "macro.rows=1000"}),
              "found blocks of 1024 words x 128 bits in chip.csv, allowed with macros of 1000 x "
              "64: multiples of 1000 words and of 64 bits");
}

TEST_F(MapConfigTest, ReadsPlacementsAndTheirTestVoltage) {
  const std::string flipped = kUnknown + "flipped";
  expect_part(error_of({flipped, "faults.placement={order: best}"}),
              "allowed: in_order, random or fault_aware");
  expect_part(error_of({flipped, "faults.placement={order: fault_aware}"}),
              "test_voltage: missing");
  expect_part(error_of({flipped, "faults.placement={order: fault_aware, test_voltage: 0.85 Vmin}"}),
              "found 0.85 Vmin, allowed with the fault map chip.csv: 0.9 Vmin, 0.8 Vmin, and "
              "without faults 1 Vmin");
  expect_part(error_of({flipped,
                        "faults.placement={order: fault_aware, test_voltage: 0.8 Vmin, "
                        "sensitivity: [{layer: a, factor: 2}, {layer: a, factor: 3}]}"}),
              "found 'a' twice");
  const MemoryConfig memory =
      read({flipped, "faults.placement={order: fault_aware, test_voltage: 0.8 Vmin}"});
  EXPECT_EQ(memory.faults.placement.test_at, VminRatio(0.8));
}

TEST_F(MapConfigTest, VoltsNeedTheMemorysVmin) {
  write("chip.csv", "# geometry: 1 x 512 x 64\nvoltage,block,word,bit,direction\n540 mV,0,1,2,1\n");
  expect_part(error_of({}), "found voltages in V, required with them: the memory's 'vmin'");
  const MemoryConfig memory = read({"vmin=0.6 V"});
  EXPECT_EQ(memory.faults.map->level_at(memory.ratio({0.54, false})), 0U);
  EXPECT_EQ(memory.faults.map->level_at(VminRatio(0.9)), 0U);
  try {
    static_cast<void>(memory.faults.map->level_at(VminRatio(0.8)));
    FAIL();
  } catch (const InputError& error) {
    expect_part(error.what(), "0.54 V (0.9 Vmin)");
  }
}

TEST_F(MapConfigTest, BlocksAreCutIntoMacrosAndTooFewAreRefused) {
  const MemoryConfig memory = read({kUnknown + "flipped", "faults.map.buffers=[filter]"});
  const SramGeometry four(memory.macro, Bytes(4UL * 4096), 2);
  const SramGeometry eight(memory.macro, Bytes(8UL * 4096), 2);
  EXPECT_NO_THROW(require_blocks(*memory.faults.map, {eight, four, eight}));
  EXPECT_THROW(require_blocks(*memory.faults.map, {eight, eight, eight}), InputError);
  std::set<std::vector<std::uint32_t>> places;
  const MapTiles tiles(memory.faults.map->map, memory.macro);
  ASSERT_EQ(tiles.count(), 4U);
  for (std::uint32_t row = 0; row < 1024; ++row) {
    for (std::uint32_t bit = 0; bit < 128; ++bit) {
      const MapTiles::Place place = tiles.place({0, row, bit});
      ASSERT_EQ(place.tile, row / 512 * 2 + bit / 64);
      ASSERT_TRUE(places.insert({place.tile, place.row.value(), place.bit.value()}).second);
    }
  }
}

/// Bits of `word` as read with all stored bits 0 and all 1.
std::pair<std::uint64_t, std::uint64_t> reads(const FaultMask& mask, std::uint32_t word) {
  return {mask.apply(WordId(word), 0), mask.apply(WordId(word), ~std::uint64_t{0})};
}

TEST_F(MapConfigTest, ExactlyTheCellsOfALevelFail) {
  const std::uint64_t all = ~std::uint64_t{0};
  const std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> unknown = {
      {"flipped", {1, all - 1}}, {"zero", {0, all - 1}}, {"one", {1, all}}};
  for (const auto& [direction, expected] : unknown) {
    const MemoryConfig memory = read({kUnknown + direction, "faults.map.buffers=[filter]"});
    const SramGeometry geometry(memory.macro, Bytes(4UL * 4096), 1);
    const Chip chip(ChipId(5), {geometry, geometry, geometry}, {0.0, 0.0, 0.0}, memory.faults);
    ChipFaults faults(chip, GroupId::kFilter, Storage::kSettled, 0);
    FaultRates rates;
    for (const std::uint32_t level : {1U, 0U, 1U}) {  // a cell recovers at the lower voltage
      rates.level = level;
      faults.set_rates(rates);
      const FaultMask& mask = faults.reading(0);
      EXPECT_EQ(reads(mask, 3), level == 0 ? std::make_pair(std::uint64_t{128}, all)
                                           : std::make_pair(std::uint64_t{256}, all));
      // Macro 1, row 4.
      EXPECT_EQ(reads(mask, 512 + 4),
                level == 0 ? std::make_pair(std::uint64_t{0}, all) : expected);
    }
    rates.level.reset();
    faults.set_rates(rates);
    EXPECT_EQ(reads(faults.reading(0), 3), std::make_pair(std::uint64_t{0}, all));
  }
}

TEST_F(MapConfigTest, ACellThatFailedSomeReadsFailsAsOften) {
  const MemoryConfig memory = read({kUnknown + "flipped", "faults.map.buffers=[filter]"});
  const SramGeometry geometry(memory.macro, Bytes(4UL * 4096), 1);
  const Chip chip(ChipId(5), {geometry, geometry, geometry}, {0.0, 0.0, 0.0}, memory.faults);
  FaultRates rates;
  rates.level = 0;
  constexpr std::uint32_t kImages = 4000;
  std::uint32_t failed = 0;
  for (std::uint32_t image = 0; image < kImages; ++image) {
    ChipFaults faults(chip, GroupId::kFilter, Storage::kSettled, image);
    faults.set_rates(rates);
    const auto read = reads(faults.reading(0), 3 * 512 + 88);  // macro 3, bit 6, stuck at 0
    ASSERT_EQ(read.first, 0U);
    if (read.second != ~std::uint64_t{0}) {
      ASSERT_EQ(read.second, ~(std::uint64_t{1} << 6U));
      ++failed;
    }
  }
  EXPECT_NEAR(failed, kImages / 4.0, 5 * std::sqrt(kImages * 0.25 * 0.75));
}

TEST_F(MapConfigTest, RandomPlacementIsAPermutationOfItsChip) {
  MemoryConfig memory = read(
      {kUnknown + "flipped", "faults.map.buffers=[filter]", "faults.placement={order: random}"});
  const SramGeometry four(memory.macro, Bytes(4UL * 4096), 2);
  const SramGeometry eight(memory.macro, Bytes(8UL * 4096), 2);
  std::set<MacroOrder> orders;
  for (std::uint64_t chip = 0; chip < 200; ++chip) {
    const auto order = macro_order(memory.faults, {eight, four, eight}, ChipId(chip));
    EXPECT_EQ(order, macro_order(memory.faults, {eight, four, eight}, ChipId(chip)));
    for (const GroupId group : kGroups) {
      ASSERT_EQ(std::set<std::uint32_t>(order[group].begin(), order[group].end()).size(),
                group == GroupId::kFilter ? 4U : 8U);
    }
    for (std::uint32_t macro = 0; macro < 8; ++macro) {
      ASSERT_EQ(order[GroupId::kIfmap][macro] % 2, macro % 2) << "left its bank";
    }
    orders.insert(order[GroupId::kFilter]);
  }
  EXPECT_EQ(orders.size(), 24U) << "4! orders, each 8 times on average";
}

}  // namespace
}  // namespace brownout::memory
