// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/tables/tables_text.h"

#include <fmt/format.h>

#include <cmath>

#include "accel/fault_rates.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/sweep/csv.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::sweep {
namespace {

/// In the published value's unit, integers with separators.
std::string value_text(const ReproducedTable& table, double value) {
  if (table.decimals == 0) return thousands(static_cast<std::uint64_t>(std::llround(value)));
  return fmt::format("{:.{}f}", value, table.decimals);
}

std::string published_text(const ReproducedTable& table, const ReproducedCell& cell) {
  return table.decimals == 0 ? value_text(table, cell.published.value) : cell.published.text;
}

std::string deviation_text(const ReproducedTable& table, double deviation) {
  return fmt::format("{:+.{}f}", deviation, table.decimals);
}

std::string body(const ReproducedTable& table) {
  std::vector<TextColumn> columns = {{"", "", true}, {"", "", true}, {"", "published"}};
  for (const ReproducedColumn& column : table.columns) {
    if (!column.tolerance) {
      columns.push_back({"", column.title});
      continue;
    }
    columns.push_back({column.title, "value"});
    columns.push_back({column.title, "off by"});
  }
  TextTable text(std::move(columns));
  for (const ReproducedCell& cell : table.cells) {
    std::vector<std::string> fields = {cell.row, cell.column, published_text(table, cell)};
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      fields.push_back(value_text(table, cell.values[i]));
      if (table.columns[i].tolerance) {
        fields.push_back(deviation_text(table, cell.deviation(i)));
      }
    }
    text.add_row(std::move(fields));
  }
  return text.text();
}

std::string tolerance_text(const ReproducedTable& table, std::size_t column) {
  const double tolerance = *table.columns[column].tolerance;
  return tolerance == 0 ? "exact" : fmt::format("within {:g}{}", tolerance, table.unit);
}

/// e.g. `ours: 29 of 30 within 0.06 points, largest -0.05 (VGG11, ConvS)`.
std::string verdict_text(const ReproducedTable& table, std::size_t column) {
  const ColumnVerdict verdict = judge(table, column);
  std::string text = fmt::format("{}: {} of {} {}", table.columns[column].title, verdict.within,
                                 verdict.cells, tolerance_text(table, column));
  if (verdict.worst != nullptr && verdict.worst->deviation(column) != 0) {
    text += fmt::format(", largest {:+.3f} ({}, {})", verdict.worst->deviation(column),
                        verdict.worst->row, verdict.worst->column);
  }
  return text + "\n";
}

std::string verdicts(const ReproducedTable& table) {
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].tolerance) text += verdict_text(table, i);
  }
  for (const ReproducedCell* cell : judge(table, 0).known) {
    text += fmt::format("not ours: {}, {} is off by {:+.2f}{}: {}\n", cell->row, cell->column,
                        cell->deviation(0), table.unit, cell->known);
  }
  return text;
}

std::string summary(const std::vector<ReproducedTable>& tables) {
  std::string text;
  bool holds = true;
  for (const ReproducedTable& table : tables) {
    const ColumnVerdict verdict = judge(table, 0);
    holds = holds && verdict.holds();
    text += fmt::format("{}{} {} of {} {}", text.empty() ? "" : "; ", table.name, verdict.within,
                        verdict.cells, tolerance_text(table, 0));
    if (!verdict.known.empty()) {
      text += fmt::format(" and {} not ours", verdict.known.size());
    }
  }
  return fmt::format("reproduction {}: {}\n", holds ? "holds" : "FAILS", text);
}

}  // namespace

std::string tables_text(const TablesConfig& config, const std::vector<ReproducedTable>& tables) {
  const auto& machine = config.machine.machine;
  std::string text = fmt::format(
      "{}\nour hardware: {}, {} x {}, with {} memory; weight accesses are words of {} bits\n\n",
      config.tables.source, machine.accelerator.name, machine.accelerator.array.rows,
      machine.accelerator.array.cols, machine.memory.name, 8 * machine.memory.macro.word_bytes());
  const auto extrapolated = accel::extrapolated(machine, config.machine.rails);
  if (extrapolated[memory::GroupId::kFilter]) {
    text += fmt::format(
        "extrapolated: energy at the weights' voltage, outside the measured {:.4g} to {:.4g} "
        "Vmin\n\n",
        machine.memory.curve.lowest().count(), machine.memory.curve.highest().count());
  }
  for (const ReproducedTable& table : tables) {
    text += table.title + "\n" + body(table) + verdicts(table) + "\n";
  }
  return text + summary(tables);
}

void write_tables(const std::filesystem::path& folder, const std::vector<ReproducedTable>& tables) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw InputError(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
  }
  for (const ReproducedTable& table : tables) {
    std::vector<std::string> header = {"row", "column", "published", "unit"};
    for (const ReproducedColumn& column : table.columns) header.push_back(column.title);
    header.emplace_back("deviation");
    header.emplace_back("known_deviation");
    std::string text = join_csv(header) + "\n";
    for (const ReproducedCell& cell : table.cells) {
      std::vector<std::string> fields = {cell.row, cell.column, csv_number(cell.published.value),
                                         csv_number(cell.published.unit)};
      for (const double value : cell.values) fields.push_back(csv_number(value));
      fields.push_back(csv_number(cell.deviation(0)));
      fields.push_back(cell.known);
      text += join_csv(fields) + "\n";
    }
    write_file_atomically((folder / (table.name + ".csv")).string(), text);
  }
}

}  // namespace brownout::sweep
