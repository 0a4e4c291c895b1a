// SPDX-License-Identifier: Apache-2.0
#include "sim/core/atomic_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "sim/core/error.h"

namespace brownout {
namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Lets files grow to `bytes` only, as a full disk would; a write beyond fails with EFBIG.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limited{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string name = testing::TempDir() + "brownout-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~FilesTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      found.push_back(entry.path().filename().string());
    }
    return found;
  }

 private:
  std::string folder_;
};

using AtomicFileTest = FilesTest;
using AppendLineTest = FilesTest;

template <class Call>
std::string input_error_of(const Call& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "did not throw";
}

TEST_F(AtomicFileTest, AppearsOnlyWhenCommitted) {
  AtomicFile file(path("points.csv"));
  file.stream() << "voltage," << 0.62 << '\n';
  file.stream().flush();
  EXPECT_FALSE(fs::exists(path("points.csv")));
  file.commit();
  EXPECT_EQ(read(path("points.csv")), "voltage,0.62\n");
  EXPECT_EQ(names(), std::vector<std::string>{"points.csv"});
}

TEST_F(AtomicFileTest, WithoutCommitTheOldFileStaysAndNothingElse) {
  write_file_atomically(path("a"), "old");
  { AtomicFile(path("a")).stream() << "new"; }
  EXPECT_EQ(read(path("a")), "old");
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(AtomicFileTest, ReplacesAndKeepsEveryByteOfALargeFile) {
  std::string contents;
  for (int i = 0; i < 300000; ++i) contents += static_cast<char>(i * 7 % 256);
  write_file_atomically(path("a"), "old");
  write_file_atomically(path("a"), contents);
  EXPECT_EQ(read(path("a")), contents);
  AtomicFile by_character(path("b"));
  for (const char c : contents) by_character.stream().put(c);
  by_character.commit();
  EXPECT_EQ(read(path("b")), contents);
}

TEST_F(AtomicFileTest, IsReadableLikeAnyNewFile) {
  const mode_t mask = ::umask(022);
  write_file_atomically(path("a"), "");
  ::umask(mask);
  struct stat status {};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST_F(AtomicFileTest, TwoWritersOfOnePathDoNotMix) {
  AtomicFile first(path("a"));
  AtomicFile second(path("a"));
  first.stream() << "first";
  second.stream() << "second";
  first.commit();
  EXPECT_EQ(read(path("a")), "first");
  second.commit();
  EXPECT_EQ(read(path("a")), "second");
}

TEST_F(AtomicFileTest, AMissingFolderIsNamed) {
  const std::string target = path("missing/a");
  EXPECT_EQ(input_error_of([&] { AtomicFile file(target); }),
            target + ": cannot create: No such file or directory");
}

TEST_F(AtomicFileTest, ARefusedWriteIsAnErrorAndLeavesTheOldFile) {
  write_file_atomically(path("a"), "old");
  const FileSizeLimit limit(1000);
  EXPECT_EQ(input_error_of([&] { write_file_atomically(path("a"), std::string(5000, 'x')); }),
            path("a") + ": cannot write: File too large");
  EXPECT_EQ(read(path("a")), "old");
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(AtomicFileTest, AFolderInTheWayIsAnError) {
  fs::create_directory(path("a"));
  EXPECT_EQ(input_error_of([&] { write_file_atomically(path("a"), "x"); }),
            path("a") + ": cannot replace: Is a directory");
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(AtomicFileTest, ASecondCommitThrows) {
  AtomicFile file(path("a"));
  file.commit();
  EXPECT_THROW(file.commit(), SimulationError);
}

TEST_F(AppendLineTest, CreatesThenAppends) {
  append_line_durably(path("log"), "one");
  append_line_durably(path("log"), "");
  append_line_durably(path("log"), "three");
  EXPECT_EQ(read(path("log")), "one\n\nthree\n");
}

TEST_F(AppendLineTest, CutsOffTheTornLineOfAKilledWriter) {
  for (const std::size_t torn : {1U, 4095U, 4096U, 4097U, 20000U}) {
    std::ofstream(path("log")) << "one\n" << std::string(torn, 't');
    append_line_durably(path("log"), "two");
    EXPECT_EQ(read(path("log")), "one\ntwo\n") << torn << " torn bytes";
  }
  std::ofstream(path("log")) << "only a torn line";
  append_line_durably(path("log"), "two");
  EXPECT_EQ(read(path("log")), "two\n");
}

TEST_F(AppendLineTest, RefusesTwoLines) {
  EXPECT_THROW(append_line_durably(path("log"), "a\nb"), SimulationError);
  EXPECT_FALSE(fs::exists(path("log")));
}

TEST_F(AppendLineTest, AFullDiskIsAnErrorWithItsReason) {
  EXPECT_EQ(input_error_of([] { append_line_durably("/dev/full", "x"); }),
            "/dev/full: cannot append: No space left on device");
}

TEST_F(AppendLineTest, AHalfWrittenLineIsTakenBack) {
  append_line_durably(path("log"), "one");
  {
    const FileSizeLimit limit(10);
    EXPECT_EQ(input_error_of([&] { append_line_durably(path("log"), "a longer line"); }),
              path("log") + ": cannot append: File too large");
  }
  EXPECT_EQ(read(path("log")), "one\n");
}

TEST_F(AppendLineTest, ProcessesTakeTurns) {
  constexpr int kWriters = 4;
  constexpr int kLines = 25;
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int i = 0; i < kLines; ++i) append_line_durably(path("log"), std::to_string(writer));
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  std::vector<int> lines(kWriters, 0);
  std::ifstream log(path("log"));
  for (std::string line; std::getline(log, line);) ++lines.at(std::stoul(line));
  EXPECT_EQ(lines, std::vector<int>(kWriters, kLines));
}

}  // namespace
}  // namespace brownout
