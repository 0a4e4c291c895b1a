// SPDX-License-Identifier: Apache-2.0
// A folder for one test's traces.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

namespace brownout::traces {

class TraceFolder : public testing::Test {
 protected:
  TraceFolder() {
    std::string name = testing::TempDir() + "brownout-traces-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~TraceFolder() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] bool exists(const std::string& name) const {
    return std::filesystem::exists(folder_ / name);
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace brownout::traces
