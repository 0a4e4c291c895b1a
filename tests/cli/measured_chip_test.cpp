// SPDX-License-Identifier: Apache-2.0
// A chip known cell by cell, from the map's file to results, in every command that runs on it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/sweep/results_folder.h"
#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

class MeasuredChipTest : public CliTest {
 protected:
  MeasuredChipTest() { draw("1"); }

  /// 66 macros, of which the weight buffer takes 64.
  void draw(const std::string& chip) const {
    const Outcome outcome =
        run({"faults", "draw", BROWNOUT_SOURCE_DIR "/configs/memory/ibm14nm.yaml", "--set",
             "faults.spatial={macros: 0.2}", "--geometry", "33x512x128", "--chip", chip,
             "--voltages", "0.833333Vmin", "0.8Vmin", "--out", "chip.csv"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }
  static std::vector<std::string> with_map(std::vector<std::string> words,
                                           const std::string& placement) {
    for (const std::string& set :
         {std::string("memory.faults.map={file: chip.csv, buffers: [filter]}"),
          "memory.faults.placement={order: " + placement + "}", std::string("sweep.voltages=map"),
          std::string("rails.weights.voltage=0.8 Vmin")}) {
      words.insert(words.end(), {"--set", set});
    }
    return words;
  }
};

TEST_F(MeasuredChipTest, BothEnginesAgreeWhereverBlocksStand) {
  for (const char* placement :
       {"in_order", "random", "fault_aware, test_voltage: 0.8 Vmin",
        "fault_aware, test_voltage: 0.8 Vmin, sensitivity: [{layer: conv, factor: 9}]"}) {
    const Outcome outcome = run(with_map({"run", "a.yaml", "--engine", "both"}, placement));
    EXPECT_EQ(outcome.exit_code, 0) << placement << outcome.errors;
  }
  const Outcome traced =
      run(with_map({"trace", "a.yaml", "--image", "0", "--flips", "f.csv"}, "in_order"));
  EXPECT_EQ(traced.exit_code, 0) << traced.errors;
  EXPECT_TRUE(exists("f.csv"));
}

TEST_F(MeasuredChipTest, ASweepCountsTheBlocksInUseAndKnowsItsMap) {
  ASSERT_EQ(run(with_map({"sweep", "a.yaml", "--out", "r"}, "random")).exit_code, 0);
  const sweep::Results results = sweep::read_results(folder() / "r");
  ASSERT_EQ(results.points.size(), 1U + 2U * 2U);
  const auto rate = [&](std::size_t point) {
    return results.points[point].bit_error_rates[memory::GroupId::kFilter];
  };
  EXPECT_EQ(rate(0), 0);
  EXPECT_GT(rate(2), rate(1));
  EXPECT_NE(rate(1), rate(3)) << "another chip leaves other blocks out";
  EXPECT_EQ(results.manifest.fault_map, (folder() / "chip.csv").string());

  draw("2");
  const Outcome resumed = run(with_map({"sweep", "a.yaml", "--out", "r", "--resume"}, "random"));
  EXPECT_EQ(resumed.exit_code, 2);
  EXPECT_NE(resumed.errors.find("a fault map of CRC-32"), std::string::npos) << resumed.errors;
}

TEST_F(MeasuredChipTest, WrongInputIsOneLine) {
  const auto expect_part = [&](const std::vector<std::string>& more, const std::string& part) {
    std::vector<std::string> words = with_map({"run", "a.yaml"}, "in_order");
    for (const std::string& set : more) words.insert(words.end(), {"--set", set});
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.errors.find(part), std::string::npos) << outcome.errors;
    EXPECT_EQ(outcome.errors.find('\n') + 1, outcome.errors.size()) << outcome.errors;
  };
  expect_part({"rails.weights.voltage=0.85 Vmin"},
              "rails.weights.voltage: found 0.85 Vmin, allowed with the fault map");
  expect_part({"memory.faults.map.buffers=[filter, ifmap]"}, "found 66 macros of 512 x 64 in");
  expect_part({"memory.faults.placement={order: fault_aware, test_voltage: 0.8 Vmin, sensitivity: "
               "[{layer: convv, factor: 2}]}"},
              "sensitivity: found layer 'convv', allowed: a layer of the network 'small', did you "
              "mean 'conv'?");
  expect_part({"accelerator.buffers.filter.ecc={code: secded_72_64, latency: 0 cycles, "
               "energy_per_gate: 0 pJ, source: none}"},
              "found an error code over measured cells");
  write("chip.csv", "# geometry: 64 x 512 x 64\nvoltage,block,word,bit\n0.8 Vmin,70,1,1\n");
  expect_part({}, "chip.csv:3:");
}

}  // namespace
}  // namespace brownout::cli_test
