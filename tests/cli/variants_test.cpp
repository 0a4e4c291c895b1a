// SPDX-License-Identifier: Apache-2.0
// Several variants of one sweep: a folder each, one table, resumed one by one.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

class VariantsTest : public CliTest {
 protected:
  VariantsTest() {
    write("v.yaml", read("a.yaml") + kVariants);
    write("more.yaml", read("v.yaml") + "  - {name: deep, set: [\"sweep.chips=1\"]}\n");
  }

  static constexpr const char* kVariants =
      "variants:\n"
      "  - {name: none}\n"
      "  - name: safe+spare\n"
      "    set:\n"
      "      - \"accelerator.buffers.filter.safe_bits={count: 2, rail: logic}\"\n"
      "      - \"accelerator.buffers.filter.redundancy={rows: 2, tested_at: 0.9 Vmin}\"\n";
};

TEST_F(VariantsTest, HaveAFolderEachAndOneTable) {
  const Outcome outcome = run({"sweep", "v.yaml", "--out", "v"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("safe+spare"), std::string::npos) << outcome.output;
  EXPECT_EQ(lines("v/none/points.csv"), 1U + 1 + 3 * 2);
  EXPECT_EQ(lines("v/safe+spare/points.csv"), 1U + 1 + 3 * 2);
  EXPECT_EQ(lines("v/variants.csv"), 1U + 2 * (1 + 3));
  // The variant without overrides is the sweep without variants.
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "a"}).exit_code, 0);
  EXPECT_EQ(read("v/none/points.csv"), read("a/points.csv"));
  EXPECT_EQ(read("v/none/layers.csv"), read("a/layers.csv"));
  EXPECT_NE(read("v/safe+spare/points.csv"), read("a/points.csv"));

  const std::string report = read("v/report.html");
  write("v/report.html", "");
  ASSERT_EQ(run({"report", "v"}).exit_code, 0);
  EXPECT_EQ(read("v/report.html"), report);
  for (const char* part :
       {"Variants compared", "At equal energy: all of it", "Pareto front: buffers"}) {
    EXPECT_NE(report.find(part), std::string::npos) << part;
  }
  const std::string points = read("v/variants.csv");
  write("v/variants.csv", points.substr(0, points.find('\n', points.find("nominal")) + 1));
  EXPECT_EQ(run({"report", "v"}).errors, "v/variants.csv: no variant is finished yet\n");
}

TEST_F(VariantsTest, AreResumedAndMayBecomeMore) {
  ASSERT_EQ(run({"sweep", "more.yaml", "--out", "whole"}).exit_code, 0);
  ASSERT_EQ(run({"sweep", "v.yaml", "--out", "v"}).exit_code, 0);
  // As a sweep leaves it that was killed in the second variant.
  const std::string points = read("v/safe+spare/points.csv");
  write("v/safe+spare/points.csv", points.substr(0, points.find('\n', points.size() / 2) + 1));
  const Outcome outcome = run({"sweep", "more.yaml", "--out", "v", "--resume"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(read("v/variants.csv"), read("whole/variants.csv"));
  EXPECT_EQ(read("v/safe+spare/points.csv"), points);
}

TEST_F(VariantsTest, ErrorsNameTheVariantAndComeBeforeAnyWork) {
  const auto refuse = [&](const std::string& more, const std::string& errors) {
    write("b.yaml", read("v.yaml") + more);
    const Outcome outcome = run({"sweep", "b.yaml", "--out", "b"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.errors, errors + "\n");
    EXPECT_EQ(read("b/variants.csv"), "");
  };
  refuse("  - {name: deep, set: [\"sweep.chisp=1\"]}\n",
         "variant 'deep': --set sweep.chisp: sweep.chisp: unknown key, allowed: rail, voltages, "
         "from_layer, until_layer, first_chip, chips, images, nominal_images, did you mean "
         "'chips'?");
  write("broken.onnx", "no network");
  refuse("  - {name: deep, set: [\"network=broken.onnx\"]}\n",
         "variant 'deep': " + (folder() / "broken.onnx").string() +
             ": is not an ONNX file, or a truncated or damaged one");
  refuse("  - {name: none}\n", "b.yaml:22:12: variants.2.name: found 'none' twice");
  refuse("  - {name: ../up}\n",
         "b.yaml:22:12: variants.2.name: found '../up', allowed: letters, digits, '-', '_', '+' "
         "and '.', which is not the first");
  const Outcome check = run({"config", "check", "b.yaml"});
  EXPECT_EQ(check.exit_code, 2);
  ASSERT_EQ(run({"sweep", "v.yaml", "--out", "v"}).exit_code, 0);
  EXPECT_EQ(run({"sweep", "v.yaml", "--out", "v"}).errors,
            "v: already holds results (report.html); choose another folder with --out, or "
            "continue an interrupted sweep with --resume\n");
}

TEST_F(VariantsTest, PathsStartFromTheFolderOfTheFile) {
  std::filesystem::create_directories(folder() / "configs");
  write("configs/v.yaml",
        "include: ../a.yaml\nvariants:\n  - {name: it, set: [network=../small.onnx]}\n");
  const Outcome found = run({"config", "check", "configs/v.yaml"});
  EXPECT_EQ(found.exit_code, 0) << found.errors;
  write("configs/v.yaml",
        "include: ../a.yaml\nvariants:\n  - {name: it, set: [network=small.onnx]}\n");
  const Outcome missing = run({"config", "check", "configs/v.yaml"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_NE(missing.errors.find("no such file: " + (folder() / "configs/small.onnx").string()),
            std::string::npos)
      << missing.errors;
}

TEST_F(VariantsTest, OtherCodesForWeightsAndLayersAtTheirOwnVoltage) {
  const Outcome clipped =
      run({"run", "a.yaml", "--set", "network={file: small.onnx, clip_weights: 50 %}", "--engine",
           "both"});
  ASSERT_EQ(clipped.exit_code, 0) << clipped.errors;
  EXPECT_NE(clipped.output.find("weights clipped   to 50 %: "), std::string::npos);
  EXPECT_EQ(run({"run", "a.yaml", "--set", "network={file: small.onnx, clip_weights: 0 %}"}).errors,
            "--set network: network.clip_weights: found '0 %', allowed: a number above 0, or above "
            "0 % up to 100 %\n");
  const Outcome reduced = run(
      {"run", "a.yaml", "--set", "network={file: small.onnx, weight_bits: 4}", "--engine", "both"});
  ASSERT_EQ(reduced.exit_code, 0) << reduced.errors;
  EXPECT_NE(reduced.output.find("weights reduced   to 4 bits: 0.000 % of "), std::string::npos)
      << reduced.output;
  EXPECT_EQ(run({"run", "a.yaml", "--set", "network={file: small.onnx, weight_bits: 1}"}).errors,
            "--set network: network.weight_bits: found '1', allowed: integer from 2 to 8\n");
  const std::vector<std::string> until = {"sweep", "a.yaml", "--out",
                                          "u",     "--set",  "sweep.until_layer=classifier"};
  EXPECT_EQ(run(until).errors,
            "--set sweep.until_layer: sweep.until_layer: found no rails.weights.ramp, required: "
            "what the change costs\n");
}

}  // namespace
}  // namespace brownout::cli_test
