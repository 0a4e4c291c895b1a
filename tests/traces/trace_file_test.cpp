// SPDX-License-Identifier: Apache-2.0
// A trace is whole or absent, however long it is, and does not gather in memory.
#include "traces/trace_file.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "sim/core/error.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::traces {
namespace {

using TraceFileTest = TraceFolder;
using trace_readers::read_trace;

constexpr int kLines = 200'000;

std::string expected_lines() {
  std::string text;
  for (int i = 0; i < kLines; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
  return text;
}

void print_lines(TraceFile& file) {
  for (int i = 0; i < kLines; ++i) file.print("line {}\n", i * 7919 % 10007);
}

TEST_F(TraceFileTest, HoldsWhatWasPrinted) {
  const std::string text = expected_lines();
  for (const char* name : {"a.csv", "a.csv.zst"}) {
    TraceFile file(path(name));
    print_lines(file);
    EXPECT_EQ(file.size(), text.size());
    EXPECT_FALSE(exists(name)) << "the name appears before the file is whole";
    file.commit();
    EXPECT_EQ(read_trace(path(name)), text) << name;
  }
  EXPECT_LT(std::filesystem::file_size(path("a.csv.zst")) * 4,
            std::filesystem::file_size(path("a.csv")));
  EXPECT_EQ(files(), 2U);
}

TEST_F(TraceFileTest, AnEmptyCompressedTraceIsAWholeFrame) {
  TraceFile file(path("a.zst"));
  file.commit();
  EXPECT_GT(std::filesystem::file_size(path("a.zst")), 0U);
  EXPECT_EQ(read_trace(path("a.zst")), "");
}

TEST_F(TraceFileTest, WithoutCommitNothingIsLeft) {
  { TraceFile(path("a.csv")).write("half a"); }
  EXPECT_EQ(files(), 0U);
}

TEST_F(TraceFileTest, AKilledWriterLeavesNoFileUnderTheName) {
  for (const char* name : {"a.csv", "a.csv.zst"}) {
    const pid_t child = ::fork();
    if (child == 0) {
      TraceFile file(path(name));
      print_lines(file);
      ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_FALSE(exists(name));
  }
}

TEST_F(TraceFileTest, AFolderThatIsNotThereIsNamedAtOnce) {
  try {
    const TraceFile file(path("no/a.csv"));
    FAIL() << "a file in a folder that is not there";
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), path("no/a.csv") + ": cannot create: No such file or directory");
  }
}

TEST_F(TraceFileTest, AFullDiskStopsTheRunWithItsReason) {
  // A file size limit is what a full disk looks like; in a child, for the limit is the process's.
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int code = 1;
    TraceFile file(path("a.csv"));
    try {
      print_lines(file);
    } catch (const InputError& error) {
      code = error.what() == path("a.csv") + ": cannot write: File too large" ? 0 : 2;
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: not noticed while printing, 2: other words";
  EXPECT_FALSE(exists("a.csv"));
}

TEST_F(TraceFileTest, MemoryDoesNotGrowWithLength) {
  for (const char* name : {"a.csv", "a.csv.zst"}) {
    TraceFile file(path(name));
    print_lines(file);
    const std::size_t early = ::mallinfo2().uordblks;
    for (int i = 0; i < 10; ++i) print_lines(file);
    EXPECT_LE(::mallinfo2().uordblks, early + 4096) << name;
    file.commit();
  }
}

}  // namespace
}  // namespace brownout::traces
