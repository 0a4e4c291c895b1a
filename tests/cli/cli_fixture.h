// SPDX-License-Identifier: Apache-2.0
// Runs the real program in a folder with a small network, a small data set and a configuration of
// its own: no test here needs the zoo or an installed data set.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace brownout::cli_test {

/// What a finished process left.
struct Outcome {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

class CliTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kImages = 3000;

  CliTest();
  ~CliTest() override;

  using Environment = std::map<std::string, std::string>;
  /// Runs `brownout arguments...` in the test's folder to its end.
  Outcome run(const std::vector<std::string>& arguments, const Environment& environment = {}) const;
  /// Starts it with its streams in files named after `log` and returns the process number.
  pid_t start(const std::vector<std::string>& arguments, const std::string& log,
              const Environment& environment = {}) const;

  /// Runs this copy of the program from now on.
  void use_program(const std::filesystem::path& program) { program_ = program; }

  void write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  [[nodiscard]] bool exists(const std::string& name) const;
  [[nodiscard]] std::size_t lines(const std::string& name) const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path program_;
};

}  // namespace brownout::cli_test
