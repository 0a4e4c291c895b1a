// SPDX-License-Identifier: Apache-2.0
// What the readers of fault maps share (layer 2, internal): lines with places, numbers, voltages,
// and the map as it grows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memory/fault_map.h"

namespace brownout::memory::map_text {

/// Where a word stands, one-based.
struct Spot {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// A piece of the text and where it begins.
struct Word {
  std::string_view text;
  Spot spot;
};

enum class VoltageUnit { kVolts, kMillivolts, kVmin };

/// A text being read, with what its first lines say about all of it.
struct Input {
  std::string name;
  std::vector<Word> lines;  ///< neither empty nor comments, ends trimmed
  std::optional<MapGeometry> geometry;
  VoltageUnit unit = VoltageUnit::kVolts;

  /// Throws InputError `name:line:column: found ..., allowed: ...`.
  [[noreturn]] void fail(const Spot& spot, std::string_view found,
                         const std::string& allowed) const;
};

/// Splits `text` and reads its `#` lines; `geometry` serves when they state none.
[[nodiscard]] Input make_input(const std::string& name, const std::string& text,
                               const std::optional<MapGeometry>& geometry);

[[nodiscard]] Word trimmed(const Word& word);
/// Cut at every `separator`, pieces trimmed; an empty text gives one empty piece.
[[nodiscard]] std::vector<Word> split(const Word& word, char separator);

/// A whole number from 0 to `highest`.
[[nodiscard]] std::uint32_t read_count(const Input& input, const Word& word, const char* what,
                                       std::uint32_t highest);

/// Levels in the making. All voltages are of one kind.
class MapBuilder {
 public:
  explicit MapBuilder(const Input& input) : input_(input) {}

  /// The level of the voltage `word` says, made when new.
  MapLevel& level(const Word& word);
  /// Remembers where a fault stands, to name the second of two for one cell.
  void add(MapLevel& level, const MapFault& fault, const Spot& spot);
  [[nodiscard]] FaultMap finish(const MapGeometry& geometry);

 private:
  struct Growing {
    MapLevel level;
    std::vector<std::pair<std::uint32_t, Spot>> spots;
  };

  const Input& input_;
  std::map<double, Growing> levels_;
  std::optional<bool> relative_to_vmin_;
};

[[nodiscard]] bool is_matrix(const Input& input);
[[nodiscard]] FaultMap read_matrices(const Input& input);
[[nodiscard]] FaultMap read_csv(const Input& input);

}  // namespace brownout::memory::map_text
