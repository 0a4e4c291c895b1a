// SPDX-License-Identifier: Apache-2.0
// A whole configuration file as text (layer 1, internal).
#pragma once

#include <filesystem>
#include <string>

namespace brownout::config {

/// Reads `file` into `text` and returns what is wrong with it, empty if nothing.
[[nodiscard]] std::string read_file(const std::filesystem::path& file, std::string& text);

}  // namespace brownout::config
