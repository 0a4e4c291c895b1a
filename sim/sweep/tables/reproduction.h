// SPDX-License-Identifier: Apache-2.0
// Published tables beside our own figures (layer 5): every cell, its deviation, and what to make of
// it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/tables/network_counts.h"
#include "sim/sweep/tables/published.h"
#include "sim/sweep/tables/tables_config.h"

namespace brownout::sweep {

/// One way in which we give a table's quantity.
struct ReproducedColumn {
  std::string title;
  std::optional<double> tolerance;  ///< largest deviation that agrees; none: not to be compared
};

struct ReproducedCell {
  std::string row;
  std::string column;
  PublishedValue published;
  std::vector<double> values;  ///< one per ReproducedColumn, in the published value's unit
  std::string known;           ///< why the published value is not to be met; empty otherwise

  [[nodiscard]] double deviation(std::size_t column_index) const {
    return values.at(column_index) - published.value;
  }
};

struct ReproducedTable {
  std::string name;  ///< as files are named: table6
  std::string title;
  std::string unit;  ///< of deviations, as written behind them
  int decimals = 0;  ///< of our values
  /// The first decides whether the table is reproduced.
  std::vector<ReproducedColumn> columns;
  std::vector<ReproducedCell> cells;
};

/// How a column of a table agrees.
struct ColumnVerdict {
  std::size_t cells = 0;
  std::size_t within = 0;
  const ReproducedCell* worst = nullptr;  ///< largest deviation of the cells not known to be off
  std::vector<const ReproducedCell*> known;

  [[nodiscard]] bool holds() const { return within + known.size() == cells; }
};
/// The column must have a tolerance.
[[nodiscard]] ColumnVerdict judge(const ReproducedTable& table, std::size_t column);

/// Counts every network of `config` and sets up its tables.
[[nodiscard]] std::vector<ReproducedTable> reproduce(const TablesConfig& config);

}  // namespace brownout::sweep
