// SPDX-License-Identifier: Apache-2.0
// What the commands print and write when all is well.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sim/core/error.h"
#include "sim/sweep/results_folder.h"
#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

using CommandsTest = CliTest;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Whether this build has training: its program lies beside the main one.
bool trains() {
  return std::filesystem::exists(std::filesystem::path(BROWNOUT_BINARY).parent_path() /
                                 "brownout-train");
}

TEST_F(CommandsTest, HelpGoesToStandardOutput) {
  const Outcome all = run({"--help"});
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_EQ(all.errors, "");
  for (const char* command : {"run", "sweep", "report", "config", "trace", "faults", "train"}) {
    EXPECT_TRUE(contains(all.output, std::string("\n  ") + command)) << command;
    if (command == std::string("train") && !trains()) continue;
    const Outcome one = run({command, "--help"});
    EXPECT_EQ(one.exit_code, 0) << command;
    EXPECT_EQ(one.output.rfind(std::string("Usage: brownout ") + command, 0), 0U) << one.output;
  }
  EXPECT_EQ(run({"--version"}).output.rfind("brownout ", 0), 0U);
}

TEST_F(CommandsTest, TrainingOfGeneratorsSaysWhatIsWrongBeforeItBegins) {
  if (!trains()) GTEST_SKIP() << "this build has no training";
  const auto errors = [&](const std::string& setting) {
    const Outcome outcome =
        run({"train", "fuse", BROWNOUT_SOURCE_DIR "/configs/train/fuse_fashion_conv_s.yaml",
             "--set", setting, "--set", "output=g.onnx", "--set", "checkpoint=g.checkpoint"});
    EXPECT_EQ(outcome.exit_code, 2) << setting;
    return outcome.errors;
  };
  EXPECT_EQ(errors("generator.kind=conv_x"),
            "--set generator.kind: generator.kind: found 'conv_x', allowed: conv_l, conv_s, "
            "deconv_l, deconv_s, unet_l, unet_s or universal, did you mean 'conv_l'?\n");
  EXPECT_EQ(errors("objective.lamda=5"),
            "--set objective.lamda: objective.lamda: unknown key, allowed: lambda, temperature, "
            "clean_temperature, perturbed, late_perturbed, late_share, chips_per, did you mean "
            "'lambda'?\n");
  EXPECT_EQ(errors("base=nothing.onnx"),
            (folder() / "nothing.onnx").string() + ": cannot be opened\n");
  EXPECT_TRUE(contains(errors("evaluation.first_chip=1000000"),
                       "faults: first_chip is 1000000, allowed: above every chip of held_out and "
                       "evaluation\n"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "g.onnx"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "g.checkpoint"));
}

TEST_F(CommandsTest, RunComparesBothEngines) {
  const Outcome outcome = run({"run", "a.yaml", "--engine", "both", "--images", "3"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(contains(outcome.output, "both engines agree: 3 images, 9 layer outputs, "))
      << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "chip 1, engine both")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "weights 0.8 Vmin")) << outcome.output;
}

TEST_F(CommandsTest, BothEnginesGiveTheSameText) {
  const std::string fast = run({"run", "a.yaml", "--engine", "fast"}).output;
  std::string cycle = run({"run", "a.yaml", "--engine", "cycle"}).output;
  ASSERT_TRUE(contains(cycle, "engine cycle"));
  cycle.replace(cycle.find("engine cycle"), 12, "engine fast");
  EXPECT_EQ(fast, cycle);
}

TEST_F(CommandsTest, RunWritesAResultsFolder) {
  const Outcome outcome = run({"run", "a.yaml", "--out", "r"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const sweep::Results results = sweep::read_results(folder() / "r");
  ASSERT_EQ(results.points.size(), 1U);
  EXPECT_EQ(results.points[0].point.role, sweep::Role::kRun);
  EXPECT_EQ(results.points[0].point.images, 4U);
  EXPECT_EQ(results.manifest.command, "brownout run a.yaml --out r");
  EXPECT_TRUE(exists("r/report.html"));
}

TEST_F(CommandsTest, SweepWritesPointsLayersAndAReport) {
  const Outcome outcome = run({"sweep", "a.yaml", "--out", "r"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const sweep::Results results = sweep::read_results(folder() / "r");
  EXPECT_EQ(results.points.size(), 1U + 2U * 3U);
  EXPECT_EQ(results.layers.size(), 3U * 3U);
  EXPECT_TRUE(contains(outcome.output, "0.8500")) << outcome.output;

  const std::string html = read("r/report.html");
  EXPECT_TRUE(contains(html, "<svg role=\"img\" aria-label=\"Accuracy against voltage\""));
  for (const char* outside : {"src=", "<link", "@import", "url(http"}) {
    EXPECT_FALSE(contains(html, outside)) << outside;
  }
  std::filesystem::remove(folder() / "r/report.html");
  EXPECT_EQ(run({"report", "r"}).output, "r/report.html\n");
  EXPECT_EQ(read("r/report.html"), html);
}

TEST_F(CommandsTest, InspectTellsWhatEachLayerCostsWhenItAloneIsFaulty) {
  const Outcome outcome = run({"model", "inspect", "a.yaml", "--out", "r"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(contains(outcome.output, "lost at 0.7500 Vmin, %")) << outcome.output;
  // Two layers have weights, at three voltages.
  EXPECT_EQ(lines("r/sensitivity.csv"), 1U + 2U * 3U);
  EXPECT_TRUE(contains(read("r/sensitivity.csv"), "classifier,conv,10,1,1,"));
  EXPECT_TRUE(contains(read("r/sensitivity.svg"), "classifier"));
  // A network alone has shapes, and nothing to write.
  EXPECT_TRUE(contains(run({"model", "inspect", "small.onnx"}).output, "weight bits"));
}

TEST_F(CommandsTest, InspectTellsWhatBecomesOfChannels) {
  const Outcome outcome = run({"model", "inspect", "a.yaml", "--channels", "--out", "r"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(contains(outcome.output, "together")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "written: r/channels.csv")) << outcome.output;
  EXPECT_TRUE(contains(read("r/channels.csv"), ",classifier,9,"));
}

TEST_F(CommandsTest, FirstPointEqualsARunAtItsVoltage) {
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "s"}).exit_code, 0);
  ASSERT_EQ(run({"run", "a.yaml", "--out", "r", "--chip", "1", "--images", "30", "--engine",
                 "cycle", "--set", "rails.weights.voltage=0.75 Vmin"})
                .exit_code,
            0);
  const auto swept = sweep::read_results(folder() / "s").points.back();
  const auto single = sweep::read_results(folder() / "r").points.front();
  EXPECT_EQ(swept.point.voltage, VminRatio(0.75));
  EXPECT_EQ(swept.point.chip, ChipId(1));
  EXPECT_EQ(swept.correct, single.correct);
  EXPECT_EQ(swept.cycles, single.cycles);
  EXPECT_EQ(swept.energies, single.energies);
}

TEST_F(CommandsTest, ConfigShowLoadsAgainToTheSame) {
  EXPECT_EQ(run({"config", "check", "a.yaml"}).output, "a.yaml: fine\n");
  const Outcome shown = run({"config", "show", "a.yaml", "--set", "sweep.chips=5"});
  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_TRUE(contains(shown.output, "chips: 5")) << shown.output;
  write("b.yaml", shown.output);
  EXPECT_EQ(run({"config", "show", "b.yaml"}).output, shown.output);
  EXPECT_TRUE(contains(run({"config", "schema", "a.yaml"}).output, "sweep.images: integer"));
}

}  // namespace
}  // namespace brownout::cli_test
