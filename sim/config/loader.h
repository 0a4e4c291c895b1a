// SPDX-License-Identifier: Apache-2.0
// Files to one merged tree (layer 1, internal): reads, follows `include`, lays overrides on top.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sim/config/load_state.h"
#include "sim/config/override.h"

namespace brownout::config {

/// The mapping of `file` with everything it includes; none, and at least one finding, when that is
/// not complete.
[[nodiscard]] std::optional<Node> load_file(const std::filesystem::path& file, LoadState& state);

/// Merges an override over `root`; a malformed one becomes a finding.
void apply_override(const Override& one, Node& root, LoadState& state);

}  // namespace brownout::config
