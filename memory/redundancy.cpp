// SPDX-License-Identifier: Apache-2.0
#include "memory/redundancy.h"

#include <numeric>
#include <utility>

namespace brownout::memory {

RepairLines::RepairLines(std::uint32_t regular, std::uint32_t spare)
    : counts(regular + spare, 0),
      regular_(regular),
      spares_left_(spare),
      places_(regular + spare, kNone) {
  std::iota(places_.begin(), places_.begin() + regular, 0U);
}

std::optional<std::uint32_t> RepairLines::place(std::uint32_t line) const {
  return in_use(line) ? std::optional(places_[line]) : std::nullopt;
}

std::optional<RepairLines::Step> RepairLines::best() const {
  std::uint32_t worst = kNone;
  for (std::uint32_t line = 0; line < regular_; ++line) {
    if (in_use(line) && (worst == kNone || counts[line] > counts[worst])) worst = line;
  }
  std::uint32_t spare = kNone;
  for (std::uint32_t line = regular_; line < size(); ++line) {
    if (!in_use(line) && (spare == kNone || counts[line] < counts[spare])) spare = line;
  }
  if (worst == kNone || spare == kNone || counts[worst] <= counts[spare]) return std::nullopt;
  return Step{worst, spare, counts[worst] - counts[spare]};
}

void RepairLines::replace(const Step& step) {
  places_[step.spare] = std::exchange(places_[step.line], kNone);
  --spares_left_;
}

RepairBoard::RepairBoard(RepairLines rows, RepairLines columns)
    : rows_(std::move(rows)),
      columns_(std::move(columns)),
      failing_(std::size_t{rows_.size()} * columns_.size(), 0) {}

void RepairBoard::count() {
  rows_.counts.assign(rows_.size(), 0);
  columns_.counts.assign(columns_.size(), 0);
  for (std::uint32_t row = 0; row < rows_.size(); ++row) {
    for (std::uint32_t column = 0; column < columns_.size(); ++column) {
      const std::uint32_t fails = failing_[index(row, column)];
      if (columns_.in_use(column)) rows_.counts[row] += fails;
      if (rows_.in_use(row)) columns_.counts[column] += fails;
    }
  }
}

void RepairBoard::replace_row(const RepairLines::Step& step) {
  rows_.replace(step);
  for (std::uint32_t column = 0; column < columns_.size(); ++column) {
    columns_.counts[column] += failing_[index(step.spare, column)];
    columns_.counts[column] -= failing_[index(step.line, column)];
  }
}

void RepairBoard::replace_column(const RepairLines::Step& step) {
  columns_.replace(step);
  for (std::uint32_t row = 0; row < rows_.size(); ++row) {
    rows_.counts[row] += failing_[index(row, step.spare)];
    rows_.counts[row] -= failing_[index(row, step.line)];
  }
}

void RepairBoard::repair() {
  count();
  while (true) {
    const auto row = rows_.best();
    const auto column = columns_.best();
    if (!row && !column) return;
    const bool needs_row = row && rows_.counts[row->line] > columns_.spares_left();
    const bool needs_column = column && columns_.counts[column->line] > rows_.spares_left();
    const bool choose_row =
        !column || (row && (needs_row != needs_column ? needs_row : row->gain >= column->gain));
    if (choose_row) {
      replace_row(*row);
    } else {
      replace_column(*column);
    }
  }
}

std::uint64_t RepairBoard::failing() const {
  std::uint64_t failing = 0;
  for (std::uint32_t row = 0; row < rows_.size(); ++row) {
    for (std::uint32_t column = 0; column < columns_.size(); ++column) {
      if (rows_.in_use(row) && columns_.in_use(column)) failing += failing_[index(row, column)];
    }
  }
  return failing;
}

namespace {

/// Cells of one list, walked macro by macro and moved to where they are in use.
class CellWalk {
 public:
  CellWalk(std::vector<WeakCell>& cells, const SramGeometry& geometry)
      : cells_(cells), geometry_(geometry) {}

  /// Calls `use(row, cell)` for the next cells as long as they are of `macro`.
  template <class Use>
  void peek(MacroId macro, Use use) const {
    for (std::size_t i = next_; i < cells_.size(); ++i) {
      const WordLocation at = geometry_.locate(cells_[i].word);
      if (at.macro != macro) return;
      use(at.row.value(), cells_[i]);
    }
  }

  /// The same cells to where `board` has them in use.
  void move(MacroId macro, const RepairBoard& board) {
    for (; next_ < cells_.size(); ++next_) {
      const WordLocation at = geometry_.locate(cells_[next_].word);
      if (at.macro != macro) return;
      const auto row = board.rows().place(at.row.value());
      const auto column = board.columns().place(cells_[next_].bit.value());
      if (!row || !column) continue;
      cells_[kept_] = cells_[next_];
      cells_[kept_].bit = BitId(*column);
      cells_[kept_++].word = geometry_.word_at(macro, RowId(*row));
    }
  }
  void finish() { cells_.resize(kept_); }

 private:
  std::vector<WeakCell>& cells_;
  const SramGeometry& geometry_;
  std::size_t next_ = 0;
  std::size_t kept_ = 0;
};

}  // namespace

void repair(const SramGeometry& geometry, const CellLayout& layout, CellLists& cells) {
  const Redundancy& redundancy = layout.redundancy;
  if (redundancy.empty()) return;
  const SramGeometry physical = with_spares(geometry, layout);
  const RepairLines rows(geometry.macro().rows, redundancy.rows);
  const RepairLines columns(geometry.macro().word_bits + geometry.macro().check_bits,
                            redundancy.columns);
  CellWalk curve(cells.curve, physical);
  CellWalk slow(cells.slow, physical);
  const auto mark = [](RepairBoard& board, double rate) {
    return [&board, limit = rank_limit(rate)](std::uint32_t row, const WeakCell& cell) {
      if (cell.u < limit) board.fail(row, cell.bit.value());
    };
  };
  for (std::uint32_t macro = 0; macro < geometry.macros(); ++macro) {
    RepairBoard board(rows, columns);
    curve.peek(MacroId(macro), mark(board, redundancy.tested.curve));
    slow.peek(MacroId(macro), mark(board, redundancy.tested.access_time));
    board.repair();
    curve.move(MacroId(macro), board);
    slow.move(MacroId(macro), board);
  }
  curve.finish();
  slow.finish();
}

}  // namespace brownout::memory
