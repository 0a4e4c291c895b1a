// SPDX-License-Identifier: Apache-2.0
// Redundant rows and columns (layer 2): which lines of a macro its spare ones replace, decided once
// by a test at some voltage, as fuses keep it for the chip's life.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "memory/cell_layout.h"
#include "memory/sram_geometry.h"

namespace brownout::memory {

/// The lines of one direction: regular ones and the spare ones behind them.
class RepairLines {
 public:
  RepairLines(std::uint32_t regular, std::uint32_t spare);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(places_.size()); }
  [[nodiscard]] std::uint32_t spares_left() const { return spares_left_; }
  /// The regular line that `line` is in use as; none when it was replaced or is an idle spare.
  [[nodiscard]] std::optional<std::uint32_t> place(std::uint32_t line) const;
  [[nodiscard]] bool in_use(std::uint32_t line) const { return places_[line] != kNone; }

  /// Failing cells of each line where it crosses lines in use.
  std::vector<std::uint32_t> counts;

  struct Step {
    std::uint32_t line = 0;
    std::uint32_t spare = 0;
    std::uint32_t gain = 0;  ///< failing cells less
  };
  /// The replacement that leaves the fewest failing cells, of equals the lowest lines; none when
  /// none helps.
  [[nodiscard]] std::optional<Step> best() const;
  void replace(const Step& step);

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  std::uint32_t regular_;
  std::uint32_t spares_left_;
  std::vector<std::uint32_t> places_;
};

/// Failing cells of one macro, and the lines in use: at first the regular ones.
class RepairBoard {
 public:
  RepairBoard(RepairLines rows, RepairLines columns);

  void fail(std::uint32_t row, std::uint32_t column) { failing_[index(row, column)] = 1; }

  /// Replaces lines as long as that leaves fewer failing cells, so that there are never more than
  /// before, also when spare cells fail. First come lines with more failing cells than spare lines
  /// of the other direction are left: nothing else could repair them. Then the one that leaves the
  /// fewest; of equals rows before columns.
  void repair();

  /// Failing cells among those in use.
  [[nodiscard]] std::uint64_t failing() const;
  [[nodiscard]] const RepairLines& rows() const { return rows_; }
  [[nodiscard]] const RepairLines& columns() const { return columns_; }

 private:
  [[nodiscard]] std::size_t index(std::uint32_t row, std::uint32_t column) const {
    return std::size_t{row} * columns_.size() + column;
  }
  void count();
  void replace_row(const RepairLines::Step& step);
  void replace_column(const RepairLines::Step& step);

  RepairLines rows_;
  RepairLines columns_;
  std::vector<std::uint8_t> failing_;
};

/// Repairs every macro by the cells that fail at layout.redundancy.tested, whatever makes them
/// fail: cells of replaced lines and of idle spare lines go, those of the others move to the line
/// they are in use as. `cells` as draw_cells() gives them, and so are they afterwards.
void repair(const SramGeometry& geometry, const CellLayout& layout, CellLists& cells);

}  // namespace brownout::memory
