// SPDX-License-Identifier: Apache-2.0
// `brownout trace`: what it writes, and the words for what it refuses.
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/cli_fixture.h"
#include "tests/traces/trace_readers.h"

namespace brownout::cli_test {
namespace {

using trace_readers::read_csv;
using trace_readers::read_trace;
using trace_readers::read_vcd;

class TraceTest : public CliTest {
 protected:
  void expect_error(const std::vector<std::string>& options, const std::string& error) const {
    std::vector<std::string> arguments = {"trace", "a.yaml"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.errors, "brownout trace: " + error + " (see 'brownout trace --help')\n");
    EXPECT_EQ(outcome.output, "");
    EXPECT_FALSE(exists("v.vcd"));
  }
};

TEST_F(TraceTest, WritesEveryTrace) {
  const Outcome outcome =
      run({"trace",    "a.yaml",  "--image",  "2",       "--vcd",      "v.vcd",
           "--window", "100:300", "--corner", "2x3",     "--perfetto", "p.json.zst",
           "--access", "acc",     "--zstd",   "--power", "w.csv",      "--power-step",
           "50",       "--flips", "f.csv"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output.rfind("small on os32 with ibm14nm memory: image 2, chip 1, ", 0), 0U)
      << outcome.output;
  for (const char* file : {"v.vcd", "p.json.zst", "acc/ifmap_sram_read.csv.zst",
                           "acc/ofmap_dram_write.csv.zst", "w.csv", "f.csv"}) {
    EXPECT_NE(outcome.output.find(file), std::string::npos) << file;
    EXPECT_TRUE(exists(file)) << file;
  }
  const auto vcd = read_vcd(folder() / "v.vcd");
  EXPECT_EQ(vcd.first_time, 100'000U);  // at 1 GHz
  EXPECT_EQ(vcd.last_time, 301'000U);
  EXPECT_EQ(vcd.changes.count("brownout.array.pe_1_2.sum"), 1U);
  EXPECT_EQ(vcd.changes.count("brownout.array.pe_2_0.sum"), 0U);
  EXPECT_EQ(vcd.at("brownout.rails.weights", 100'000), "r0.8");
  EXPECT_FALSE(
      nlohmann::json::parse(read_trace(folder() / "p.json.zst")).at("traceEvents").empty());
  EXPECT_GT(read_csv(folder() / "f.csv").size(), 1U) << "no flip at 0.8 Vmin";
  EXPECT_EQ(read_csv(folder() / "w.csv").at(2).at(0), "50");
}

TEST_F(TraceTest, RefusesWhatMakesNoSense) {
  expect_error({"--vcd", "v.vcd"}, "--image is missing");
  expect_error(
      {"--image", "0"},
      "nothing to write, give one or more of --vcd, --perfetto, --access, --power, --flips");
  expect_error({"--image", "3000", "--vcd", "v.vcd"},
               "--image: found 3000, allowed: 0 to 2999, the images of the data set "
               "'fashion_mnist'");
  expect_error({"--image", "0", "--vcd", "v.vcd", "--window", "9:3"},
               "--window: found '9:3', allowed: two cycles A:B, A at most B");
  expect_error({"--image", "0", "--vcd", "v.vcd", "--window", "9"},
               "--window: found '9', allowed: two cycles A:B, A at most B");
  expect_error({"--image", "0", "--vcd", "v.vcd", "--corner", "0x3"},
               "--corner: found '0x3', allowed: RxC, 1x1 to 64x64, e.g. 8x4");
  expect_error({"--image", "0", "--vcd", "v.vcd", "--corner", "33x3"},
               "--corner: found '33x3', allowed: at most 32x32, the array");
  expect_error({"--image", "0", "--perfetto", "p", "--window", "1:2"},
               "--window is about the waveform, and there is no --vcd");
  expect_error({"--image", "0", "--perfetto", "p", "--power", "./p"},
               "--perfetto and --power are the same file './p'");
  expect_error({"--image", "0", "--power", "p", "--power-step", "0"},
               "--power-step: found '0', allowed: a whole number of at least 1");
  expect_error({"--image", "0", "--vcd", "v.vcd", "--set", "accelerator.array.body=block"},
               "--vcd: found accelerator.array.body 'block', allowed: register, whose registers a "
               "waveform shows (--set accelerator.array.body=register)");
}

TEST_F(TraceTest, AWindowBehindTheRunIsRefused) {
  const Outcome outcome =
      run({"trace", "a.yaml", "--image", "0", "--vcd", "v.vcd", "--window", "90000000:90000100"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.errors.rfind("brownout trace: --window: found '90000000:90000100', allowed: "
                                 "cycles 0 to ",
                                 0),
            0U)
      << outcome.errors;
  EXPECT_FALSE(exists("v.vcd"));
}

TEST_F(TraceTest, FilesThatCannotBeWrittenAreNamed) {
  for (const char* option : {"--vcd", "--perfetto", "--power", "--flips"}) {
    const Outcome outcome = run({"trace", "a.yaml", "--image", "0", option, "no/file"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.errors, "no/file: cannot create: No such file or directory\n");
  }
  const Outcome outcome = run({"trace", "a.yaml", "--image", "0", "--access", "a.yaml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.errors.rfind("a.yaml: cannot create folder: ", 0), 0U) << outcome.errors;
}

TEST_F(TraceTest, BothBodiesLeaveTheSameTraces) {
  std::string traces[2];
  const char* bodies[] = {"register", "block"};
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome =
        run({"trace", "a.yaml", "--image", "1", "--perfetto", "p", "--access", "acc", "--power",
             "w", "--flips", "f", "--set", std::string("accelerator.array.body=") + bodies[i]});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
    for (const char* file : {"p", "w", "f", "acc/ifmap_sram_read.csv", "acc/filter_sram_read.csv",
                             "acc/ofmap_sram_write.csv", "acc/ofmap_dram_write.csv"}) {
      traces[i] += read(file);
    }
  }
  EXPECT_TRUE(traces[0] == traces[1]);
}

TEST_F(TraceTest, KilledHalfWayItLeavesNoTrace) {
  // A waveform of the whole run takes long enough to be killed in the middle.
  const pid_t child = start({"trace", "a.yaml", "--image", "0", "--corner", "32x32", "--vcd",
                             "v.vcd", "--flips", "f.csv"},
                            "killed");
  std::size_t files = 0;
  const auto temporary = [&] {
    files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
      if (entry.path().extension() == ".tmp") ++files;
    }
    return files == 2;
  };
  int status = 0;
  while (!temporary() && ::waitpid(child, &status, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(files, 2U) << "the run ended before it could be killed";
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(exists("v.vcd"));
  EXPECT_FALSE(exists("f.csv"));
}

}  // namespace
}  // namespace brownout::cli_test
