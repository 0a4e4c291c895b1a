// SPDX-License-Identifier: Apache-2.0
// House rules that look at one file: licence line, size, words that are not used here.
#pragma once

#include "tests/lint/source_file.h"

namespace brownout::lint {

/// The SPDX line comes first (after `#!` in scripts) in C++, CMake, YAML and scripts.
[[nodiscard]] Findings check_licence_line(const SourceFile& file);

/// Headers say `#pragma once`.
[[nodiscard]] Findings check_pragma_once(const SourceFile& file);

/// No C++ file is longer than 350 lines.
[[nodiscard]] Findings check_size(const SourceFile& file);

/// Libraries throw and return: only sim/cli prints or ends the process.
[[nodiscard]] Findings check_no_printing_or_exits(const SourceFile& file);

/// Ownership is values and unique_ptr: no `new`, `delete` or shared_ptr in what ships. Training may
/// share, because that is how libtorch holds its modules.
[[nodiscard]] Findings check_ownership(const SourceFile& file);

/// SystemC's time and modules stay in the `*_module` shells.
[[nodiscard]] Findings check_systemc_types(const SourceFile& file);

/// libtorch's slow headers are included below models/train and fuse only.
[[nodiscard]] Findings check_torch_includes(const SourceFile& file);

}  // namespace brownout::lint
