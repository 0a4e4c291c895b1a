// SPDX-License-Identifier: Apache-2.0
// Runs gnuplot as a child process (layer 5).
#pragma once

#include <string>

namespace brownout::report {

/// What `script` writes to standard output. Throws InputError naming the package when there is no
/// gnuplot, SimulationError with gnuplot's words when it fails.
[[nodiscard]] std::string run_gnuplot(const std::string& script);

/// gnuplot's SVG document as an element of an HTML page, with `title` for screen readers.
[[nodiscard]] std::string inline_svg(const std::string& document, const std::string& title);

}  // namespace brownout::report
