// SPDX-License-Identifier: Apache-2.0
// A configuration as read, written out again (layer 1, internal).
#pragma once

#include <string>

#include "sim/config/record.h"

namespace brownout::config {

/// YAML with answers and defaults, commented; keys nobody asked for stay as they were.
[[nodiscard]] std::string dump_yaml(const SectionRecord& root);

/// One line per key asked for.
[[nodiscard]] std::string dump_schema(const SectionRecord& root);

}  // namespace brownout::config
