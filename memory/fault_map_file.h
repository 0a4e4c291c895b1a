// SPDX-License-Identifier: Apache-2.0
// Files of fault maps (layer 2): CSV and plain 0/1 matrices in, CSV out. docs/validation.md has
// examples of both formats.
//
// Both may begin with lines `# geometry: BLOCKS x ROWS x BITS` and `# unit: V` (or mV, Vmin; the
// unit of voltages written without one, V when not said); other lines that begin with # are
// comments, empty lines are skipped.
//
// CSV: a header names the columns, in any order, separated by commas, semicolons or tabs:
//   voltage     `0.54`, `0.54 V`, `540 mV` or `0.9 Vmin`, one kind in a file
//   block, word, bit   zero-based; all three empty: nothing more failed at that voltage, which
//               is how a fault-free one is written
//   direction   optional: 1 (or 0to1) reads one, 0 (or 1to0) reads zero, ? or empty unknown
//   failures, reads    optional, together: wrong reads out of how many, the latter equal at a
//               voltage
//
// Matrices: `voltage 0.54 V block 3` on a line, then `rows` lines of `word_bits` digits, 1 where
// the cell failed; blanks and commas between digits are skipped. Every voltage has every block.
#pragma once

#include <optional>
#include <string>

#include "memory/fault_map.h"

namespace brownout::memory {

/// Reads `path`, also when compressed by zstd. `geometry` serves files that do not state theirs.
/// Throws InputError with one line: file:line:column, what was found and what is allowed.
[[nodiscard]] FaultMap load_fault_map(const std::string& path,
                                      const std::optional<MapGeometry>& geometry = {});

/// The same for a text in memory; `name` stands for the file in messages.
[[nodiscard]] FaultMap parse_fault_map(const std::string& name, const std::string& text,
                                       const std::optional<MapGeometry>& geometry = {});

/// Writes the map as CSV, all or nothing, compressed when `path` ends in `.zst`. Reading it gives
/// an equal map.
void write_fault_map(const FaultMap& map, const std::string& path);

/// `890x1024x16`, blanks allowed; none when that is not what `text` says.
[[nodiscard]] std::optional<MapGeometry> parse_geometry(const std::string& text);

}  // namespace brownout::memory
