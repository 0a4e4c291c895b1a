// SPDX-License-Identifier: Apache-2.0
// House rules about who includes whom.
#pragma once

#include "tests/lint/source_file.h"

namespace brownout::lint {

/// A file includes only its own folder and folders of lower layers, by paths from the root; what
/// ships includes nothing of tests and bench.
[[nodiscard]] Findings check_layers(const SourceFile& file);

/// No chain of includes leads from a folder through others back to it. Subfolders count as folders
/// of their own.
[[nodiscard]] Findings check_folder_cycles(const std::vector<SourceFile>& files);

}  // namespace brownout::lint
