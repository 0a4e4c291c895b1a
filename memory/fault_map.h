// SPDX-License-Identifier: Apache-2.0
// The failing cells of one real or drawn chip, cell by cell and voltage by voltage (layer 2).
// Files of them are read and written by fault_map_file.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace brownout::memory {

/// What a failing cell gives whatever it holds, where that is known.
enum class ReadsAs : std::uint8_t { kUnknown, kZero, kOne };

/// Place of a cell in a map.
struct CellPlace {
  std::uint32_t block = 0;
  std::uint32_t row = 0;  ///< word of the block
  std::uint32_t bit = 0;  ///< column of the word
};

/// Shape of what was measured: `blocks` macros of `rows` words of `word_bits` bits.
struct MapGeometry {
  std::uint32_t blocks = 0;
  std::uint32_t rows = 0;
  std::uint32_t word_bits = 0;

  [[nodiscard]] std::uint64_t block_cells() const {
    return static_cast<std::uint64_t>(rows) * word_bits;
  }
  [[nodiscard]] std::uint64_t cells() const { return blocks * block_cells(); }
  /// Cells are numbered block by block, word by word, bit by bit.
  [[nodiscard]] std::uint64_t cell(const CellPlace& place) const {
    return (static_cast<std::uint64_t>(place.block) * rows + place.row) * word_bits + place.bit;
  }
  [[nodiscard]] CellPlace place(std::uint64_t cell) const {
    const std::uint64_t word = cell / word_bits;
    return {static_cast<std::uint32_t>(word / rows), static_cast<std::uint32_t>(word % rows),
            static_cast<std::uint32_t>(cell % word_bits)};
  }
  /// `890 x 1024 x 16`.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const MapGeometry& a, const MapGeometry& b) {
    return a.blocks == b.blocks && a.rows == b.rows && a.word_bits == b.word_bits;
  }
  friend bool operator!=(const MapGeometry& a, const MapGeometry& b) { return !(a == b); }
};

/// Limits of a map: cell numbers fit 32 bits and tests fit a machine's memory.
constexpr std::uint64_t kMostMapCells = std::uint64_t{1} << 32U;
constexpr std::uint32_t kMostMapWordBits = 4096;

/// A cell seen failing at one voltage.
struct MapFault {
  std::uint32_t cell = 0;  ///< as MapGeometry numbers it
  ReadsAs reads = ReadsAs::kUnknown;
  std::uint32_t failures = 0;  ///< wrong reads out of MapLevel::reads; 0 when not recorded
};

/// One voltage of a map.
struct MapLevel {
  double voltage = 0;            ///< in the map's unit
  std::uint32_t reads = 0;       ///< how often each cell was read; 0 when not recorded
  std::vector<MapFault> faults;  ///< rising cell numbers
};

/// Immutable. Voltages without failing cells are levels too: nothing failed, which is a result.
class FaultMap {
 public:
  /// Sorts levels by falling voltage and faults by cell. Throws InputError when the geometry is
  /// empty or too large, there is no level, a voltage occurs twice or is not above 0, a cell lies
  /// outside or occurs twice at a voltage, or failed more often than it was read.
  FaultMap(std::string name, MapGeometry geometry, bool relative_to_vmin,
           std::vector<MapLevel> levels);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const MapGeometry& geometry() const { return geometry_; }
  /// Whether voltages are in units of Vmin; otherwise they are volts.
  [[nodiscard]] bool relative_to_vmin() const { return relative_to_vmin_; }
  [[nodiscard]] const char* unit() const { return relative_to_vmin_ ? "Vmin" : "V"; }
  [[nodiscard]] const std::vector<MapLevel>& levels() const { return levels_; }
  /// The map with only the levels of these positions, in rising order.
  [[nodiscard]] FaultMap select(const std::vector<std::size_t>& positions) const;

 private:
  std::string name_;
  MapGeometry geometry_;
  bool relative_to_vmin_;
  std::vector<MapLevel> levels_;
};

/// Throws InputError unless the map has cells and no more than a map may.
void check_geometry(const MapGeometry& geometry);

}  // namespace brownout::memory
