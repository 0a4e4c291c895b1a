// SPDX-License-Identifier: Apache-2.0
// report.html of a results folder (layer 5): plots, tables, provenance, one file without links.
#pragma once

#include <filesystem>

namespace brownout::report {

/// Throws InputError naming the package unless gnuplot can be started: better before a sweep than
/// after it.
void require_gnuplot();

/// (Re)builds `folder`'s report from its other files. Throws InputError when they are damaged.
void write_report(const std::filesystem::path& folder);

}  // namespace brownout::report
