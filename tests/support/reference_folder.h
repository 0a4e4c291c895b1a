// SPDX-License-Identifier: Apache-2.0
// Published data kept beside the repository, for tests that compare with it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace brownout::test_support {

/// `shared/<name>` beside the source tree or beside a folder that holds it.
inline std::optional<std::filesystem::path> shared_folder(const std::filesystem::path& source,
                                                          const std::string& name) {
  for (std::filesystem::path at = source; at.has_relative_path(); at = at.parent_path()) {
    const std::filesystem::path folder = at.parent_path() / "shared" / name;
    if (std::filesystem::exists(folder)) return folder;
  }
  return {};
}

/// `shared/reference/<name>`, as above.
inline std::optional<std::filesystem::path> reference_folder(const std::filesystem::path& source,
                                                             const std::string& name) {
  return shared_folder(source, "reference/" + name);
}

}  // namespace brownout::test_support
