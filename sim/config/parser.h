// SPDX-License-Identifier: Apache-2.0
// YAML text to tree (layer 1, internal); its source is the only file that includes yaml-cpp.
#pragma once

#include <optional>
#include <string>

#include "sim/config/load_state.h"

namespace brownout::config {

/// Parses one document. `prefix` is the path of the key below which it will stand. Duplicate keys,
/// tags and merge keys become findings; text that is no YAML a finding and no tree.
[[nodiscard]] std::optional<Node> parse_yaml(const std::string& text, const Source& source,
                                             const std::string& prefix, LoadState& state);

}  // namespace brownout::config
