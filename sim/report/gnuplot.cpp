// SPDX-License-Identifier: Apache-2.0
#include "sim/report/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "sim/core/error.h"
#include "sim/report/html.h"

extern char** environ;

namespace brownout::report {
namespace {

namespace fs = std::filesystem;

/// A folder of its own under the system's temporary one, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((fs::temp_directory_path() / "brownout-plot-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw InputError(path_ + ": cannot create folder: " + std::system_category().message(errno));
    }
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Standard streams of a child bound to files.
class Redirections {
 public:
  Redirections() { posix_spawn_file_actions_init(&actions_); }
  ~Redirections() { posix_spawn_file_actions_destroy(&actions_); }
  Redirections(const Redirections&) = delete;
  Redirections& operator=(const Redirections&) = delete;
  Redirections(Redirections&&) = delete;
  Redirections& operator=(Redirections&&) = delete;

  void bind(int descriptor, const std::string& path, int flags) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, path.c_str(), flags, 0600);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The exit status as waitpid gives it.
int spawn_and_wait(const Redirections& streams) {
  // -d: a user's own gnuplot settings must not change reports.
  std::string program = "gnuplot";
  std::string defaults = "-d";
  std::string standard_input = "-";
  std::array<char*, 4> words = {program.data(), defaults.data(), standard_input.data(), nullptr};
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, "gnuplot", streams.get(), nullptr, words.data(), environ);
  if (error != 0) {
    throw InputError(
        fmt::format("gnuplot cannot be started ({}); reports need it, install Debian's "
                    "package gnuplot-nox",
                    std::system_category().message(error)));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw SimulationError("gnuplot got lost");
  }
  return status;
}

/// `text` without blanks and newlines at its ends.
std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

/// Cuts everything from `from` to `to`, both included, out of `text` if it is there.
void cut(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return;
  const std::size_t end = text.find(to, begin + from.size());
  if (end != std::string::npos) text.erase(begin, end + to.size() - begin);
}

}  // namespace

std::string run_gnuplot(const std::string& script) {
  const TemporaryFolder folder;
  const std::string input = folder.file("plot.gp");
  const std::string output = folder.file("plot.svg");
  const std::string errors = folder.file("errors.txt");
  std::ofstream(input, std::ios::binary) << script;
  Redirections streams;
  streams.bind(0, input, O_RDONLY);
  streams.bind(1, output, O_WRONLY | O_CREAT | O_TRUNC);
  streams.bind(2, errors, O_WRONLY | O_CREAT | O_TRUNC);
  const int status = spawn_and_wait(streams);
  // Warnings (an axis of equal values was widened) are no failures and leave the status alone.
  if (status != 0) {
    throw SimulationError(fmt::format("gnuplot failed: {}", trimmed(read_file(errors))));
  }
  return read_file(output);
}

std::string inline_svg(const std::string& document, const std::string& title) {
  const std::size_t start = document.find("<svg");
  if (start == std::string::npos || document.find("</svg>") == std::string::npos) {
    throw SimulationError("gnuplot's output is no SVG");
  }
  std::string svg = document.substr(start);
  cut(svg, "<title>", "</title>");
  cut(svg, "<desc>", "</desc>");
  return fmt::format("<svg role=\"img\" aria-label=\"{}\"{}", escape(title), svg.substr(4));
}

}  // namespace brownout::report
