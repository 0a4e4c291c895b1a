// SPDX-License-Identifier: Apache-2.0
// `include: other.yaml` or a list of such, in any mapping (layer 1, internal).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/config/load_state.h"

namespace brownout::config {

/// Reads files and replaces each `include` by what it names, laid below the keys beside it.
class IncludeResolver {
 public:
  explicit IncludeResolver(LoadState& state) : state_(state) {}

  /// The mapping in `file`, includes resolved; it will stand at `prefix`, `depth` levels down.
  /// `asked_by` is where the file is named, null for the root file.
  [[nodiscard]] std::optional<Node> load(const std::filesystem::path& file,
                                         const std::string& prefix, int depth,
                                         const Spot* asked_by);

  /// Resolves the includes within `node`; false if one of them failed.
  bool resolve(Node& node, const std::string& path, int depth);

 private:
  bool resolve_mapping(Node& mapping, const std::string& path, int depth);
  bool enter(const std::filesystem::path& file, const std::string& prefix, const Spot* asked_by);

  LoadState& state_;
  /// The files being read, outermost first, as they resolve on disk: a repetition is a cycle.
  std::vector<std::filesystem::path> open_files_;
};

}  // namespace brownout::config
