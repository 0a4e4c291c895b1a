// SPDX-License-Identifier: Apache-2.0
// `kill -9` at any time, then --resume: no point lost, none repeated, the same bytes in the end.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class ResumeTest : public CliTest {
 protected:
  static constexpr std::size_t kPoints = 1 + 3 * 12;

  static std::vector<std::string> sweep(const std::string& out,
                                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"sweep", "a.yaml",
                                      "--out", out,
                                      "--set", "sweep.chips=12",
                                      "--set", "sweep.images=3000",
                                      "--set", "sweep.nominal_images=3000"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// Kills the sweep once `file` has at least `lines` lines; false if it ended before.
  bool kill_at(const std::vector<std::string>& words, const std::string& file,
               std::size_t at) const {
    const pid_t child = start(words, "killed");
    const auto deadline = steady_clock::now() + std::chrono::seconds(60);
    int status = 0;
    while (lines(file) < at && steady_clock::now() < deadline) {
      if (::waitpid(child, &status, WNOHANG) == child) return false;
      std::this_thread::sleep_for(milliseconds(1));
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
  }
};

TEST_F(ResumeTest, SurvivesKillsAndEndsInTheSameBytes) {
  ASSERT_EQ(run(sweep("whole", {"--jobs", "2"})).exit_code, 0);
  ASSERT_EQ(lines("whole/points.csv"), 1 + kPoints);

  ASSERT_TRUE(kill_at(sweep("r", {"--jobs", "1"}), "r/points.csv", 3));
  std::size_t done = lines("r/points.csv");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(kill_at(sweep("r", {"--jobs", "1", "--resume"}), "r/points.csv", done + 3));
    EXPECT_GT(lines("r/points.csv"), done);
    done = lines("r/points.csv");
  }
  ASSERT_LT(done, 1 + kPoints);
  const Outcome outcome = run(sweep("r", {"--resume"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.errors.find("of 37 points are already there"), std::string::npos)
      << outcome.errors;
  for (const char* file : {"/points.csv", "/layers.csv"}) {
    EXPECT_EQ(read(std::string("r") + file), read(std::string("whole") + file)) << file;
  }
}

TEST_F(ResumeTest, KilledBeforeTheFirstPointStartsAfresh) {
  ASSERT_TRUE(kill_at(sweep("r", {"--jobs", "1"}), "r/manifest.json", 1));
  EXPECT_EQ(run(sweep("r", {"--resume"})).exit_code, 0);
  EXPECT_EQ(lines("r/points.csv"), 1 + kPoints);
}

TEST_F(ResumeTest, ResultsDoNotDependOnTheNumberOfJobs) {
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "one", "--jobs", "1"}).exit_code, 0);
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "three", "--jobs", "3"}).exit_code, 0);
  EXPECT_EQ(read("one/points.csv"), read("three/points.csv"));
  EXPECT_EQ(read("one/layers.csv"), read("three/layers.csv"));
}

TEST_F(ResumeTest, AFinishedSweepIsNotRepeatedAndATornLineIsRedone) {
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "r"}).exit_code, 0);
  const std::string points = read("r/points.csv");
  EXPECT_EQ(run({"sweep", "a.yaml", "--out", "r", "--resume"}).exit_code, 0);
  EXPECT_EQ(read("r/points.csv"), points);
  write("r/points.csv", points.substr(0, points.size() - 20));
  EXPECT_EQ(run({"sweep", "a.yaml", "--out", "r", "--resume"}).exit_code, 0);
  EXPECT_EQ(read("r/points.csv"), points);
}

TEST_F(ResumeTest, ExistingResultsAreLeftAlone) {
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "r"}).exit_code, 0);
  const std::string points = read("r/points.csv");
  const std::string manifest = read("r/manifest.json");
  const Outcome outcome = run({"sweep", "a.yaml", "--out", "r", "--set", "sweep.chips=1"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.errors,
            "r: already holds results (manifest.json); choose another folder with --out, or "
            "continue an interrupted sweep with --resume\n");
  EXPECT_EQ(read("r/points.csv"), points);
  EXPECT_EQ(read("r/manifest.json"), manifest);
}

TEST_F(ResumeTest, OtherWorkIsNotContinued) {
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "r"}).exit_code, 0);
  EXPECT_EQ(run({"sweep", "a.yaml", "--out", "r", "--resume", "--set", "sweep.chips=3"}).errors,
            "r/manifest.json: begun with another configuration: 'chips: 2' there, 'chips: 3' now; "
            "choose another folder to start anew\n");
  std::string network = read("small.onnx");
  const std::size_t name = network.find("classifier");
  ASSERT_NE(name, std::string::npos);
  for (std::size_t at = name; at != std::string::npos; at = network.find("classifier", at)) {
    network[at] = 'k';
  }
  write("small.onnx", network);
  const Outcome outcome = run({"sweep", "a.yaml", "--out", "r", "--resume"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.errors.rfind("r/manifest.json: begun with a network of CRC-32 ", 0), 0U)
      << outcome.errors;
}

TEST_F(ResumeTest, DamagedResultsAreNamedByFileAndLine) {
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "r"}).exit_code, 0);
  const std::string points = read("r/points.csv");
  const std::string manifest = read("r/manifest.json");
  const std::size_t third = points.find('\n', points.find('\n') + 1) + 1;
  write("r/points.csv", points.substr(0, third) + "x" + points.substr(third));
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"sweep", "a.yaml", "--out", "r", "--resume"}, {"report", "r"}}) {
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.errors, "r/points.csv:3: point: found 'x1', allowed: a whole number\n");
  }
  write("r/points.csv", points);
  write("r/manifest.json", manifest.substr(0, manifest.size() / 2));
  const Outcome outcome = run({"sweep", "a.yaml", "--out", "r", "--resume"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.errors.rfind("r/manifest.json:", 0), 0U) << outcome.errors;
  EXPECT_NE(outcome.errors.find(": damaged, not JSON any more\n"), std::string::npos)
      << outcome.errors;
  EXPECT_EQ(read("r/points.csv"), points);
}

}  // namespace
}  // namespace brownout::cli_test
