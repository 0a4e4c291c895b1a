// SPDX-License-Identifier: Apache-2.0
// What all steps of loading a configuration share (layer 1, internal). Owned by DocumentState.
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <string>

#include "sim/config/diagnostics.h"
#include "sim/config/tree.h"

namespace brownout::config {

/// Levels of nesting a merged configuration may have: everything that walks it is recursive.
constexpr int kDeepest = 64;
constexpr std::size_t kLargestFile = std::size_t{16} << 20;
/// Values of all files together; aliases and includes could otherwise multiply without end.
constexpr std::size_t kMostNodes = 1'000'000;
constexpr std::size_t kMostFiles = 1000;

struct LoadState {
  /// A deque: spots keep pointers to its elements.
  std::deque<Source> sources;
  Diagnostics diagnostics;
  std::size_t nodes_left = kMostNodes;

  const Source& add_source(const std::string& name, const std::filesystem::path& folder,
                           bool is_override) {
    sources.push_back({name, folder, sources.size(), is_override});
    return sources.back();
  }
};

}  // namespace brownout::config
