// SPDX-License-Identifier: Apache-2.0
// Files of fault maps under random contents and random damage.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "memory/fault_map_file.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

std::uint32_t below(std::mt19937& random, std::uint32_t limit) {
  return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random);
}

FaultMap random_map(std::mt19937& random) {
  const MapGeometry geometry{1 + below(random, 5), 1 + below(random, 40), 1 + below(random, 70)};
  const std::uint32_t reads = below(random, 2) * (1 + below(random, 100));
  std::vector<MapLevel> levels;
  for (std::uint32_t i = 0; i < 1 + below(random, 5); ++i) {
    MapLevel level{0.4 + 0.013 * i, reads, {}};
    std::set<std::uint32_t> cells;
    const auto all = static_cast<std::uint32_t>(geometry.cells());
    for (std::uint32_t n = below(random, 50); n > 0; --n) cells.insert(below(random, all));
    for (const std::uint32_t cell : cells) {
      level.faults.push_back({cell, static_cast<ReadsAs>(below(random, 3)),
                              reads == 0 ? 0 : 1 + below(random, reads)});
    }
    levels.push_back(level);
  }
  return {"m", geometry, below(random, 2) == 1, levels};
}

void expect_equal(const FaultMap& a, const FaultMap& b) {
  ASSERT_EQ(a.geometry(), b.geometry());
  ASSERT_EQ(a.relative_to_vmin(), b.relative_to_vmin());
  ASSERT_EQ(a.levels().size(), b.levels().size());
  for (std::size_t i = 0; i < a.levels().size(); ++i) {
    const MapLevel& left = a.levels()[i];
    const MapLevel& right = b.levels()[i];
    ASSERT_EQ(left.voltage, right.voltage);
    ASSERT_EQ(left.reads, right.reads);
    ASSERT_EQ(left.faults.size(), right.faults.size());
    for (std::size_t f = 0; f < left.faults.size(); ++f) {
      ASSERT_EQ(left.faults[f].cell, right.faults[f].cell);
      ASSERT_EQ(left.faults[f].reads, right.faults[f].reads);
      ASSERT_EQ(left.faults[f].failures, right.faults[f].failures);
    }
  }
}

TEST(FaultMapFile, WhatIsWrittenIsReadBack) {
  std::mt19937 random(11);
  for (int round = 0; round < 100; ++round) {
    const FaultMap map = random_map(random);
    const std::string path = testing::TempDir() + (round % 2 == 0 ? "map.csv" : "map.csv.zst");
    write_fault_map(map, path);
    SCOPED_TRACE(round);
    expect_equal(map, load_fault_map(path));
  }
}

/// Whatever is done to a text, it is read, or refused in one line that names the file.
void expect_survival(const std::string& text) {
  try {
    static_cast<void>(parse_fault_map("m.csv", text));
  } catch (const InputError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.rfind("m.csv", 0), 0U) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_NE(message.find("found"), std::string::npos) << message;
  }
}

std::string mutate(std::string text, std::mt19937& random) {
  constexpr std::string_view kLetters = "0123456789,;.#\n\t xVevbm-+:\"\0\xff";
  for (std::uint32_t n = 1 + below(random, 6); n > 0 && !text.empty(); --n) {
    const std::size_t at = below(random, static_cast<std::uint32_t>(text.size()));
    const char letter = kLetters[below(random, static_cast<std::uint32_t>(kLetters.size()))];
    switch (below(random, 5)) {
      case 0:
        text[at] = letter;
        break;
      case 1:
        text.erase(at, 1 + below(random, 20));
        break;
      case 2:
        text.insert(at, 1 + below(random, 3), letter);
        break;
      case 3:
        text.insert(at, text.substr(below(random, static_cast<std::uint32_t>(text.size())), 30));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

TEST(FaultMapFile, DamagedTextsAreReadOrRefusedInOneLine) {
  const std::vector<std::string> texts = {
      "# geometry: 2 x 4 x 8\n# unit: mV\nvoltage,block,word,bit,direction,failures,reads\n"
      "540,1,3,7,1,3,10\n540,0,0,0,0to1,1,10\n550,1,3,7,?,10,10\n560,,,,,,10\n",
      "voltage 0.6 V block 0\n0000\n0010\nvoltage 0.6 V block 1\n0 0 0 0\n1,0,0,0\n",
      "# geometry: 1 x 2 x 70\nbit\tword\tvoltage\tblock\n69\t1\t0.9 Vmin\t0\n"};
  std::mt19937 random(2024);
  for (int round = 0; round < 30000; ++round) {
    expect_survival(mutate(texts[static_cast<std::size_t>(round) % texts.size()], random));
    if (HasFailure()) FAIL() << "round " << round;
  }
}

}  // namespace
}  // namespace brownout::memory
