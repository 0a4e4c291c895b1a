// SPDX-License-Identifier: Apache-2.0
// Options several commands share (layer 5).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/cli/options.h"
#include "sim/config/override.h"

namespace brownout::cli {

/// `--set key=value`.
void add_set_option(Options& options);
[[nodiscard]] config::Overrides overrides(const Options& options);

/// The folder given by --out, or `out/NAME` for the configuration `path/NAME.yaml`.
[[nodiscard]] std::filesystem::path results_folder(const Options& options,
                                                   const std::string& config);

/// `brownout command arguments...`, to be kept in manifests.
[[nodiscard]] std::string command_line(const char* command, const Arguments& arguments);

}  // namespace brownout::cli
