// SPDX-License-Identifier: Apache-2.0
// A folder of configuration files for one test, and the findings of reading one of them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "sim/config/document.h"
#include "sim/core/error.h"

namespace brownout::config {

class ConfigTest : public ::testing::Test {
 protected:
  using Read = std::function<void(Section)>;

  ConfigTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("brownout_config_" + std::to_string(getpid()) + "_" + test->name());
    std::filesystem::create_directories(folder_);
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::path file = folder_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

  /// `text` without the path of the test's folder.
  [[nodiscard]] std::string without_folder(const std::string& text) const {
    const std::string prefix = folder_.string() + "/";
    std::string rest;
    std::size_t from = 0;
    for (std::size_t at = text.find(prefix); at != std::string::npos;
         at = text.find(prefix, from)) {
      rest += text.substr(from, at - from);
      from = at + prefix.size();
    }
    return rest + text.substr(from);
  }

  /// What loading a.yaml, `read` and finish() report; empty if nothing.
  std::string findings_with(const Overrides& overrides, const Read& read) const {
    try {
      Document document = Document::load(folder_ / "a.yaml", overrides);
      read(document.root());
      document.finish();
    } catch (const InputError& error) {
      EXPECT_EQ(error.exit_code(), 2);
      return without_folder(error.what());
    }
    return "";
  }
  /// The same with `text` as a.yaml.
  std::string findings(const std::string& text, const Read& read) const {
    write("a.yaml", text);
    return findings_with({}, read);
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

inline void read_nothing(Section) {}

}  // namespace brownout::config
