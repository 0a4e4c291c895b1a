// SPDX-License-Identifier: Apache-2.0
// Where a value stands in the configuration (layer 1).
#pragma once

#include <string>

namespace brownout::config {

/// A file with one-based line and column; a command-line override has line 0 and its
/// `--set a.b.c` as file.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

/// `file:line:col`, or only the file when there is no line.
[[nodiscard]] inline std::string to_string(const Place& place) {
  if (place.line == 0) return place.file;
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace brownout::config
