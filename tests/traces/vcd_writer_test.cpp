// SPDX-License-Identifier: Apache-2.0
// A dump read back says at every cycle of its window what was set, and nothing outside of it.
#include "traces/vcd_writer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "sim/core/error.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::traces {
namespace {

using VcdWriterTest = TraceFolder;
using trace_readers::read_vcd;
using trace_readers::Vcd;

TEST_F(VcdWriterTest, EveryValueOfTheWindowReadsBack) {
  constexpr std::uint64_t kEnd = 300;
  constexpr std::uint64_t kPeriod = 833;
  constexpr std::size_t kVariables = 200;  // identifiers of one and of two letters
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::uint64_t first = random() % kEnd;
    const CycleWindow window{first, first + random() % kEnd};
    const std::string file = path("a" + std::to_string(seed) + (seed % 2 == 0 ? ".vcd" : ".zst"));
    VcdWriter writer(file, window, kPeriod);
    std::vector<VcdWriter::Variable> variables;
    std::vector<std::uint64_t> masks;
    for (std::size_t i = 0; i < kVariables; ++i) {
      const auto width = static_cast<std::uint32_t>(1 + random() % 64);
      variables.push_back(writer.add_bits(i % 2 == 0 ? "" : "pe/" + std::to_string(i / 10),
                                          "v" + std::to_string(i), width));
      masks.push_back(width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1);
    }
    std::vector<std::map<std::uint64_t, std::uint64_t>> model(kVariables);
    for (std::size_t i = 0; i < kVariables; ++i) {
      writer.set(0, variables[i], 3);
      model[i][0] = 3 & masks[i];
    }
    for (std::uint64_t cycle = 0; cycle < kEnd; ++cycle) {
      for (int n = 0; n < 5; ++n) {
        const std::size_t i = random() % kVariables;
        const std::uint64_t value = random();
        writer.set(cycle, variables[i], value);
        model[i][cycle] = value & masks[i];
      }
    }
    writer.commit(kEnd);

    const Vcd vcd = read_vcd(file);
    const std::uint64_t last = std::min(window.last, kEnd - 1);
    EXPECT_EQ(vcd.first_time, first * kPeriod);
    EXPECT_EQ(vcd.last_time, (last + 1) * kPeriod);
    for (std::uint64_t cycle = first; cycle <= last; ++cycle) {
      const std::uint64_t time = cycle * kPeriod;
      ASSERT_EQ(vcd.bits_at("brownout.cycle", time), cycle);
      ASSERT_EQ(vcd.at("brownout.clk", time), "1");
      ASSERT_EQ(vcd.at("brownout.clk", time + kPeriod - 1), "0");
      for (std::size_t i = 0; i < kVariables; ++i) {
        const std::string scope = i % 2 == 0 ? "" : "pe." + std::to_string(i / 10) + ".";
        const std::uint64_t value =
            vcd.bits_at("brownout." + scope + "v" + std::to_string(i), time);
        ASSERT_EQ(value, std::prev(model[i].upper_bound(cycle))->second) << i << " at " << cycle;
      }
    }
  }
}

TEST_F(VcdWriterTest, RealsAndTextsAreAsGtkwaveTakesThem) {
  VcdWriter writer(path("a.vcd"), {2, 5}, 1000);
  const auto voltage = writer.add_real("rails", "weights");
  const auto state = writer.add_text("array", "state name");
  const auto unset = writer.add_bits("array", "unset", 4);
  static_cast<void>(unset);
  writer.set_real(0, voltage, 0.836);
  writer.set_text(1, state, "fill");
  writer.set_text(4, state, "two words");
  writer.set_text(9, state, "after the window");
  writer.commit(100);
  const Vcd vcd = read_vcd(path("a.vcd"));
  EXPECT_EQ(vcd.at("brownout.rails.weights", 2000), "r0.836");
  EXPECT_EQ(vcd.at("brownout.array.state_name", 3999), "sfill");
  EXPECT_EQ(vcd.at("brownout.array.state_name", 4000), "stwo_words");
  EXPECT_EQ(vcd.at("brownout.array.state_name", 6000), "stwo_words");
  EXPECT_EQ(vcd.at("brownout.array.unset", 2000), "bx");
  EXPECT_EQ(vcd.last_time, 6000U);
}

TEST_F(VcdWriterTest, EqualValuesAreNoChanges) {
  VcdWriter writer(path("a.vcd"), {}, 1000);
  const auto value = writer.add_bits("", "v", 8);
  for (std::uint64_t cycle = 0; cycle < 50; ++cycle) {
    writer.set(cycle, value, cycle / 10);
  }
  writer.commit(50);
  EXPECT_EQ(read_vcd(path("a.vcd")).changes.at("brownout.v").size(), 5U);
}

TEST_F(VcdWriterTest, TheLastValueOfACycleCounts) {
  VcdWriter writer(path("a.vcd"), {1, 9}, 1000);
  const auto valid = writer.add_bits("", "valid", 1);
  for (std::uint64_t cycle = 0; cycle < 5; ++cycle) {
    writer.set(cycle, valid, 0);
    writer.set(cycle, valid, 1);
  }
  writer.set(5, valid, 0);
  writer.commit(10);
  const auto changes = read_vcd(path("a.vcd")).changes.at("brownout.valid");
  EXPECT_EQ(changes, (std::map<std::uint64_t, std::string>{{1000, "1"}, {5000, "0"}}));
}

TEST_F(VcdWriterTest, WhatIsSetAtTheEndDoesNotShow) {
  VcdWriter writer(path("a.vcd"), {}, 1000);
  const auto value = writer.add_bits("", "v", 8);
  writer.set(0, value, 1);
  writer.set(10, value, 2);
  writer.commit(10);
  const Vcd vcd = read_vcd(path("a.vcd"));
  EXPECT_EQ(vcd.last_time, 10'000U);
  EXPECT_EQ(vcd.bits_at("brownout.v", 10'000), 1U);
}

TEST_F(VcdWriterTest, TimeDoesNotGoBack) {
  VcdWriter writer(path("a.vcd"), {}, 1000);
  const auto value = writer.add_bits("", "v", 8);
  writer.set(3, value, 1);
  EXPECT_THROW(writer.set(2, value, 1), SimulationError);
}

}  // namespace
}  // namespace brownout::traces
