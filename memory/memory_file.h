// SPDX-License-Identifier: Apache-2.0
// A memory read from a file of its own (layer 2), as those under configs/memory.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "memory/memory_config.h"
#include "sim/config/override.h"

namespace brownout::memory {

/// `overrides` as in config::Document. Throws InputError with all findings, one a line.
[[nodiscard]] MemoryConfig load_memory(const std::filesystem::path& file,
                                       const config::Overrides& overrides = {});

}  // namespace brownout::memory
