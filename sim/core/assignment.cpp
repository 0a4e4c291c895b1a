// SPDX-License-Identifier: Apache-2.0
#include "sim/core/assignment.h"

#include <limits>

#include "sim/core/error.h"

namespace brownout {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr double kFar = std::numeric_limits<double>::infinity();

/// A matching that grows row by row and stays optimal for the rows it has: reduced costs
/// cost - row potential - column potential are never negative, and 0 where matched.
class Matching {
 public:
  explicit Matching(const CostMatrix& matrix)
      : matrix_(matrix),
        row_potential_(matrix.rows, 0),
        column_potential_(matrix.columns, 0),
        row_of_(matrix.columns, kNone) {}

  /// Adds `row` along the shortest alternating path to a free column.
  void add(std::size_t row) {
    distance_.assign(matrix_.columns, kFar);
    previous_.assign(matrix_.columns, kNone);
    reached_.assign(matrix_.columns, false);
    std::size_t column = kNone;
    double length = 0;
    for (std::size_t at = row; at != kNone; at = row_of_[column]) {
      relax(at, column, length);
      column = nearest();
      length = distance_[column];
      reached_[column] = true;
    }
    move_potentials(row, length);
    while (column != kNone) {  // every column on the path takes the row of the one before
      const std::size_t before = previous_[column];
      row_of_[column] = before == kNone ? row : row_of_[before];
      column = before;
    }
  }

  [[nodiscard]] const std::vector<std::size_t>& row_of() const { return row_of_; }

 private:
  /// Ways on from row `at`, reached by `column` after `length`.
  void relax(std::size_t at, std::size_t column, double length) {
    for (std::size_t next = 0; next < matrix_.columns; ++next) {
      if (reached_[next]) continue;
      const double way =
          length + matrix_.at(at, next) - row_potential_[at] - column_potential_[next];
      if (way >= distance_[next]) continue;
      distance_[next] = way;
      previous_[next] = column;
    }
  }

  [[nodiscard]] std::size_t nearest() const {
    std::size_t best = kNone;
    for (std::size_t column = 0; column < matrix_.columns; ++column) {
      if (reached_[column]) continue;
      if (best == kNone || distance_[column] < distance_[best]) best = column;
    }
    require(best != kNone, "an assignment needs as many columns as rows");
    return best;
  }

  void move_potentials(std::size_t row, double length) {
    row_potential_[row] += length;
    for (std::size_t column = 0; column < matrix_.columns; ++column) {
      if (!reached_[column]) continue;
      const double shift = length - distance_[column];
      column_potential_[column] -= shift;
      if (row_of_[column] != kNone) row_potential_[row_of_[column]] += shift;
    }
  }

  const CostMatrix& matrix_;
  std::vector<double> row_potential_;
  std::vector<double> column_potential_;
  std::vector<std::size_t> row_of_;  ///< of each column, kNone while free
  // Of the search for one row:
  std::vector<double> distance_;
  std::vector<std::size_t> previous_;  ///< column before, kNone for the first
  std::vector<bool> reached_;
};

}  // namespace

std::vector<std::uint32_t> cheapest_assignment(const CostMatrix& matrix) {
  Matching matching(matrix);
  for (std::size_t row = 0; row < matrix.rows; ++row) matching.add(row);
  std::vector<std::uint32_t> columns(matrix.rows);
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    const std::size_t row = matching.row_of()[column];
    if (row != kNone) columns[row] = static_cast<std::uint32_t>(column);
  }
  return columns;
}

}  // namespace brownout
