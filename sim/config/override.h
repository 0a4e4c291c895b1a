// SPDX-License-Identifier: Apache-2.0
// One value over those of a file (layer 1).
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace brownout::config {

/// `a.b.c=value`, list items as `a.list.0=value`.
struct Override {
  // From text alone, so that lists of texts read as overrides;
  // NOLINTBEGIN(google-explicit-constructor)
  Override(std::string set) : text(std::move(set)) {}
  Override(const char* set) : text(set) {}  // NOLINTEND(google-explicit-constructor)
  Override(std::string set, std::filesystem::path base)
      : text(std::move(set)), folder(std::move(base)) {}

  std::string text;
  std::filesystem::path folder = {};  ///< that paths start from; empty: the working directory
};

using Overrides = std::vector<Override>;

}  // namespace brownout::config
