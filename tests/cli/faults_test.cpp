// SPDX-License-Identifier: Apache-2.0
// `brownout faults` from the command line: what it prints, writes and refuses.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

constexpr const char* kModel = BROWNOUT_SOURCE_DIR "/configs/memory/ibm14nm.yaml";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class FaultsTest : public CliTest {
 protected:
  Outcome faults(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "faults");
    return run(arguments);
  }

  /// A chip of the published model, in columns if asked for.
  void draw(const std::string& file, const std::string& chip, bool in_columns = false) const {
    std::vector<std::string> arguments = {"draw",   kModel, "--voltages", "0.9Vmin,0.85Vmin",
                                          "--chip", chip,   "--geometry", "16x256x16",
                                          "--out",  file};
    if (in_columns) {
      arguments.insert(arguments.end(), {"--set", "faults.spatial.columns=0.02"});
    }
    const Outcome outcome = faults(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }

  void expect_error(const std::vector<std::string>& arguments, const std::string& errors) const {
    const Outcome outcome = faults(arguments);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.errors, errors + "\n");
    EXPECT_EQ(outcome.output, "");
  }
};

TEST_F(FaultsTest, AChipOfTheModelPassesAndOneInColumnsDoesNot) {
  draw("a.csv.zst", "3");
  draw("b.csv", "3", true);
  const Outcome alike = faults({"validate", "a.csv.zst", kModel, "--expect", "same"});
  EXPECT_EQ(alike.exit_code, 0) << alike.errors;
  EXPECT_TRUE(contains(alike.output, "tests accept at 5 %")) << alike.output;
  const Outcome unlike = faults({"validate", "b.csv", kModel});
  EXPECT_EQ(unlike.exit_code, 0) << unlike.errors;
  EXPECT_TRUE(contains(unlike.output, "columns            rejected")) << unlike.output;
  const Outcome refused = faults({"validate", "b.csv", kModel, "--expect", "same"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_TRUE(contains(refused.errors, "expected the same, found different: ")) << refused.errors;
  EXPECT_EQ(faults({"validate", "a.csv.zst", "b.csv", "--expect", "different"}).exit_code, 0);
  EXPECT_EQ(faults({"validate", "b.csv", "--expect", "different"}).exit_code, 0);
}

TEST_F(FaultsTest, ShowGivesNumbersAndAPage) {
  const Outcome model = faults({"show", kModel, "--chip", "2", "--geometry", "8x64x16"});
  ASSERT_EQ(model.exit_code, 0) << model.errors;
  for (const char* part : {"0.833333 Vmin", "1.11e-02", "(chip 2)", "negative binomial k",
                           "worst 5 % of blocks", "curve sigma"}) {
    EXPECT_TRUE(contains(model.output, part)) << part << model.output;
  }
  draw("a.csv", "1");
  const Outcome map = faults({"show", "a.csv", "--voltages", "0.85Vmin", "--out", "r"});
  ASSERT_EQ(map.exit_code, 0) << map.errors;
  EXPECT_TRUE(contains(read("r/report.html"), "a.csv: all blocks"));
  EXPECT_FALSE(exists("r/tests.csv"));
  EXPECT_EQ(nlohmann::json::parse(read("r/report.json"))["rates"].size(), 1U);
}

TEST_F(FaultsTest, ValidateWritesAPageAndTables) {
  draw("a.csv", "1");
  draw("b.csv", "2", true);
  const Outcome outcome = faults({"validate", "a.csv", "b.csv", "--out", "r"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(contains(outcome.output, "\nr/report.html\n")) << outcome.output;
  const std::string html = read("r/report.html");
  for (const char* part : {"Bit-error rate against voltage", "Faults of a column", "Pairs along a",
                           "Inclusion", "data:image/png;base64,", "a.csv: all blocks"}) {
    EXPECT_TRUE(contains(html, part)) << part;
  }
  for (const char* outside : {"src=\"http", "<link", "@import", "url(http"}) {
    EXPECT_FALSE(contains(html, outside)) << outside;
  }
  const auto json = nlohmann::json::parse(read("r/report.json"));
  EXPECT_EQ(json["tests"].size(), lines("r/tests.csv") - 1);
  EXPECT_EQ(lines("r/rates.csv"), 1U + 2U * 2U);
  EXPECT_EQ(json["rates"][1]["a"]["cells"], 65536);
  EXPECT_EQ(json["geometry"]["blocks"], 16);
}

TEST_F(FaultsTest, FitWritesAMemoryThatDraws) {
  ASSERT_EQ(
      faults({"draw", kModel, "--voltages", "0.9Vmin,0.87Vmin,0.85Vmin", "--geometry", "64x128x16",
              "--out", "a.csv", "--chip", "1", "--set", "faults.spatial.columns=0.05"})
          .exit_code,
      0);
  const Outcome outcome = faults({"fit", "a.csv", "--out", "f.yaml", "--report", "r"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  for (const char* part : {"spatial.columns", "How it was fitted:", "f.yaml\nr/report.html\n"}) {
    EXPECT_TRUE(contains(outcome.output, part)) << outcome.output;
  }
  EXPECT_TRUE(contains(read("r/report.html"), "Fitted parameters"));
  EXPECT_TRUE(nlohmann::json::parse(read("r/report.json")).contains("lists"));
  EXPECT_EQ(faults({"draw", "f.yaml", "--voltages", "0.85Vmin", "--out", "b.csv"}).exit_code, 0);
  EXPECT_EQ(faults({"validate", "a.csv", "f.yaml", "--expect", "same"}).exit_code, 0);
  expect_error({"fit", kModel},
               std::string(kModel) + ": found a memory, allowed: a fault map, CSV or 0/1 matrices");
  expect_error({"fit", "a.csv", "--level", "0.8Vmin"},
               "--level: found 0.8 Vmin, allowed: 0.9, 0.87, 0.85 Vmin");
  write("m.csv", "# geometry: 2 x 2 x 2\nvoltage,block,word,bit\n0.5 Vmin,0,0,0\n");
  expect_error({"fit", "m.csv"},
               "found cells that begin to fail at fewer than two voltages, allowed: two or more, "
               "the curve has a place and a width");
  write("n.csv", "# geometry: 2 x 2 x 2\nvoltage,block,word,bit\n0.5 Vmin,,,\n");
  expect_error({"fit", "n.csv"},
               "n.csv: found no failing cell at the voltage of the fit, allowed: one or more");
}

TEST_F(FaultsTest, MatricesOfOneBlockAreCutIntoTiles) {
  draw("a.csv", "1");
  const std::vector<std::string> one = {"draw",       kModel,       "--voltages", "0.85Vmin",
                                        "--geometry", "1x1024x128", "--out"};
  auto first = one;
  first.insert(first.end(), {"c.csv", "--chip", "1"});
  auto second = one;
  second.insert(second.end(), {"d.csv", "--chip", "2"});
  ASSERT_EQ(faults(first).exit_code, 0);
  ASSERT_EQ(faults(second).exit_code, 0);
  expect_error({"validate", "c.csv", "d.csv"},
               "found one block a map, allowed: two or more to exchange; --tile ROWSxBITS cuts "
               "blocks into the arrays they consist of");
  EXPECT_EQ(
      faults({"validate", "c.csv", "d.csv", "--tile", "128x64", "--expect", "same"}).exit_code, 0);
  EXPECT_EQ(faults({"validate", "c.csv", kModel, "--chips", "600"}).exit_code, 0);
  expect_error({"validate", "c.csv", "d.csv", "--tile", "100x64"},
               "c.csv: found tiles of 100 x 64, allowed: of which blocks of 1024 x 128 consist");
}

TEST_F(FaultsTest, WrongInputIsOneLine) {
  draw("a.csv", "1");
  expect_error({}, "brownout faults: action is missing (see 'brownout faults --help')");
  expect_error({"drow"},
               "brownout faults: found 'drow', allowed: show, draw, validate, fit, did you mean "
               "'draw'? (see 'brownout faults --help')");
  expect_error({"draw", kModel, "--out", "b.csv"},
               "brownout faults draw: --voltages is missing (see 'brownout faults draw --help')");
  expect_error({"draw", kModel, "--voltages", "0.9Vmin"},
               "brownout faults draw: --out is missing (see 'brownout faults draw --help')");
  expect_error({"draw", kModel, "--out", "b.csv", "--voltages", "0.9"},
               "brownout faults draw: --voltages: found '0.9', allowed: voltages with their unit, "
               "as 0.9Vmin, 0.54V or 540mV (see 'brownout faults draw --help')");
  expect_error({"draw", kModel, "--out", "b.csv", "--voltages", "0.9Vmin", "--geometry", "4x4"},
               "brownout faults draw: --geometry: found '4x4', allowed: BLOCKSxROWSxBITS, as "
               "890x1024x16 (see 'brownout faults draw --help')");
  expect_error({"draw", kModel, "--out", "b.csv", "--voltages", "0.9Vmin", "--capacity", "4"},
               "brownout faults draw: --capacity: found '4', allowed: a size as 256KiB (see "
               "'brownout faults draw --help')");
  expect_error({"draw", kModel, "--out", "b.csv", "--voltages", "0.9Vmin", "--capacity", "5KiB"},
               "SRAM group of 5120 bytes, allowed are multiples of its macro's 4096");
  expect_error({"draw", kModel, "--out", "b.csv", "--voltages", "0.9Vmin", "0.9Vmin"},
               "--voltages: found 0.9 Vmin twice, allowed: once");
  expect_error(
      {"draw", "a.csv", "--out", "b.csv", "--voltages", "0.9Vmin"},
      "a.csv:2:1: found 'voltage,block,word,bit,direction 0.9 Vmin,0,42,1,0 0.9 Vmin,...', "
      "allowed: a mapping of keys");
  expect_error({"draw", kModel, "--out", "no/b.csv", "--voltages", "0.9Vmin"},
               "no/b.csv: cannot create: No such file or directory");
  expect_error({"validate", "none.csv"}, "none.csv: No such file or directory");
  expect_error({"validate", "a.csv", "--alpha", "2"},
               "brownout faults validate: --alpha: found '2', allowed: a number from 1e-06 to 0.5 "
               "(see 'brownout faults validate --help')");
  expect_error({"validate", "a.csv", kModel, "--level", "0.8Vmin"},
               "--level: found 0.8 Vmin, allowed: 0.9, 0.85 Vmin");
  expect_error({"validate", "a.csv", kModel, "--voltages", "0.85V"},
               "a.csv: found voltages in Vmin, allowed beside the other side: V");
  write("m.csv", "# geometry: 2 x 2 x 2\nvoltage,block,word,bit\n0.5 Vmin,0,0,0\n");
  expect_error(
      {"validate", "m.csv", kModel},
      std::string(kModel) + ": found none of 0.5 Vmin, allowed: one or more of 0.75 to 1 Vmin");
}

}  // namespace
}  // namespace brownout::cli_test
