// SPDX-License-Identifier: Apache-2.0
#include "memory/fault_map.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "memory/fault_map_file.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

std::string message_of(const std::string& text, const std::optional<MapGeometry>& geometry = {}) {
  try {
    static_cast<void>(parse_fault_map("m.csv", text, geometry));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

constexpr const char* kHead = "# geometry: 2 x 4 x 8\nvoltage,block,word,bit,direction\n";

TEST(FaultMap, ReadsATable) {
  const FaultMap map = parse_fault_map(
      "m", std::string(kHead) + "0.54,1,3,7,1\n0.54,0,0,0,1to0\n0.55,1,3,7,\n0.56,,,,\n");
  EXPECT_EQ(map.geometry(), (MapGeometry{2, 4, 8}));
  EXPECT_FALSE(map.relative_to_vmin());
  ASSERT_EQ(map.levels().size(), 3U);
  EXPECT_EQ(map.levels()[0].voltage, 0.56);
  EXPECT_TRUE(map.levels()[0].faults.empty());
  const MapLevel& lowest = map.levels()[2];
  ASSERT_EQ(lowest.faults.size(), 2U);
  EXPECT_EQ(lowest.faults[0].cell, 0U);
  EXPECT_EQ(lowest.faults[0].reads, ReadsAs::kZero);
  EXPECT_EQ(lowest.faults[1].cell, 63U);
  EXPECT_EQ(lowest.faults[1].reads, ReadsAs::kOne);
  EXPECT_EQ(map.levels()[1].faults[0].reads, ReadsAs::kUnknown);
}

TEST(FaultMap, ColumnsStandInAnyOrderWithAnySeparatorAndUnit) {
  const FaultMap map = parse_fault_map(
      "m", "bit;reads;word;failures;block;voltage\r\n2;10;1;3;0;540 mV\r\n", MapGeometry{1, 2, 4});
  EXPECT_EQ(map.levels()[0].voltage, 0.54);
  EXPECT_EQ(map.levels()[0].reads, 10U);
  EXPECT_EQ(map.levels()[0].faults[0].cell, 6U);
  EXPECT_EQ(map.levels()[0].faults[0].failures, 3U);
  EXPECT_TRUE(parse_fault_map("m", "# unit: Vmin\n" + std::string(kHead) + "0.9,0,0,0,\n")
                  .relative_to_vmin());
}

TEST(FaultMap, ReadsMatrices) {
  const FaultMap map = parse_fault_map(
      "m", "voltage 0.6 V block 0\n0000\n0010\nvoltage 0.6 V block 1\n0 0 0 0\n1,0,0,0\n");
  EXPECT_EQ(map.geometry(), (MapGeometry{2, 2, 4}));
  ASSERT_EQ(map.levels()[0].faults.size(), 2U);
  EXPECT_EQ(map.levels()[0].faults[0].cell, 6U);
  EXPECT_EQ(map.levels()[0].faults[1].cell, 12U);
}

TEST(FaultMap, BadInputIsOneLineWithItsPlace) {
  const std::string head = kHead;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {head + "0.54,2,0,0,1\n", "m.csv:3:6: found '2', allowed: a block from 0 to 1"},
      {head + "0.54,0,4,0,1\n", "m.csv:3:8: found '4', allowed: a word from 0 to 3"},
      {head + "0.54,0, 0,-1,1\n", "m.csv:3:11: found '-1', allowed: a bit from 0 to 7"},
      {head + "0.54,0,0,0,2\n",
       "m.csv:3:12: found '2', allowed: 1 (or 0to1), 0 (or 1to0), ? or nothing"},
      {head + "540,0,0,0,1\n",
       "m.csv:3:1: found '540', allowed: a voltage above 0 and up to 10, as 0.54, 0.54 V, 540 mV "
       "or 0.9 Vmin"},
      {head + "0.5,0,0,0,1\n0.9 Vmin,0,0,0,1\n",
       "m.csv:4:1: found '0.9 Vmin', allowed: voltages of one file all in V or all in Vmin"},
      {head + "0.5,0,0,0,1\n0.4,0,0,1,1\n0.5,0,0,0,0\n",
       "m.csv:5:5: found 'block 0 word 0 bit 0 again', allowed: a cell once a voltage, it stands "
       "in line 3"},
      {head + "0.5,0,0\n", "m.csv:3:7: found '3 values', allowed: 5, as the header has"},
      {"# geometry: 2 x 4\n", "m.csv:1:13: found '2 x 4', allowed: BLOCKS x ROWS x BITS"},
      {"voltage,block,word,bit\n0.5,0,0,0\n",
       "m.csv:1:1: found 'no geometry', allowed: a line '# geometry: BLOCKS x ROWS x BITS', or "
       "--geometry BLOCKSxROWSxBITS: where nothing failed cannot be guessed"},
      {"voltage,blok,word,bit\n",
       "m.csv:1:9: found 'blok', allowed: voltage, block, word, bit, direction, failures, reads, "
       "did you mean 'block'?"},
      {"voltage 0.6 V block 0\n0000\n00x0\n", "m.csv:3:3: found 'x', allowed: 0 or 1"},
      {"voltage 0.6 V block 0\n0000\n000\n",
       "m.csv:3:1: found '3 digits', allowed: 4, as the first line has"},
      {"voltage 0.6 V block 1\n0000\n",
       "m.csv: found 1 of 2 blocks at 0.6, allowed: all at every voltage"},
      {head, "m.csv: found no voltage, allowed: at least one"},
      {"",
       "m.csv: found no header, allowed: voltage, block, word, bit, direction, failures, reads"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(message_of(text), message) << text;
}

TEST(FaultMap, FailuresStayWithinReads) {
  const std::string head = "# geometry: 1 x 1 x 2\nvoltage,block,word,bit,failures,reads\n";
  EXPECT_EQ(message_of(head + "0.5,0,0,0,11,10\n"),
            "m.csv:3:11: found '11', allowed: failures from 0 to 10");
  EXPECT_EQ(message_of(head + "0.5,0,0,0,0,10\n"),
            "m.csv:3:11: found '0', allowed: failures from 1 to 10");
  EXPECT_EQ(message_of(head + "0.5,0,0,0,1,10\n0.5,0,0,1,1,9\n"),
            "m.csv:4:13: found '9', allowed: equally many at a voltage, 10 before");
}

TEST(FaultMap, RefusesMoreCellsThanAMapMayHave) {
  EXPECT_NE(message_of("voltage,block,word,bit\n", MapGeometry{1U << 20U, 1U << 12U, 8}), "");
  EXPECT_NE(message_of("voltage,block,word,bit\n", MapGeometry{0, 1, 1}), "");
}

TEST(FaultMapFile, MissingAndDamagedFilesAreInputErrors) {
  const auto folder = std::filesystem::path(testing::TempDir());
  EXPECT_THROW(static_cast<void>(load_fault_map((folder / "none.csv").string())), InputError);
  EXPECT_THROW(static_cast<void>(load_fault_map(folder.string())), InputError);
  const FaultMap map({"m", {1, 4, 8}, false, {{0.5, 0, {{3, ReadsAs::kOne, 0}}}}});
  const std::string path = (folder / "map.csv.zst").string();
  write_fault_map(map, path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 3);
  EXPECT_THROW(static_cast<void>(load_fault_map(path)), InputError);
}

TEST(FaultMapFile, GeometryOfTheCommandLine) {
  EXPECT_EQ(parse_geometry("890x1024x16"), (MapGeometry{890, 1024, 16}));
  EXPECT_EQ(parse_geometry(" 1 x 2 x 3 "), (MapGeometry{1, 2, 3}));
  for (const char* wrong : {"", "1x2", "1x2x3x4", "1x2x", "-1x2x3", "1x2x3a", "x1x2x3"}) {
    EXPECT_FALSE(parse_geometry(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace brownout::memory
