// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/tables/reproduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

/// Deviations are compared with this much room for the rounding of sums.
constexpr double kRounding = 1e-9;
/// ptflops prints two decimals of its unit.
constexpr double kHalfPrintedDigit = 0.005;

constexpr const char* kCurveTitle = "at the curve";
constexpr const char* kHardwareTitle = "our hardware";

/// Equations 6 and 7 of the paper: the share of the base's nominal cost saved when it runs at
/// `factor` of it and the generator's comes on top, in %.
double saving(double factor, double generator, double base) {
  return 100 * (1 - factor - generator / base);
}

double saving(double factor, std::uint64_t generator, std::uint64_t base) {
  return saving(factor, static_cast<double>(generator), static_cast<double>(base));
}

/// Sets up tables from the counts of all networks.
class Reproduction {
 public:
  explicit Reproduction(const TablesConfig& config)
      : config_(config.tables), published_(config.tables.published) {
    for (const TableNetwork& base : config_.bases) {
      bases_.push_back(count_network(base, config.machine));
    }
    for (const TableNetwork& generator : config_.generators) {
      generators_.push_back(count_network(generator, config.machine));
    }
    const accel::Machine& machine = config.machine.machine;
    const auto& filter = machine.accelerator.buffers[memory::GroupId::kFilter];
    curve_factor_ = machine.memory.curve.energy_factor(config.machine.rails.voltage(filter.rail));
  }

  void add(std::vector<ReproducedTable>& tables, std::int64_t number) const {
    switch (number) {
      case 2:
        tables.push_back(energy_savings());
        break;
      case 3:
        tables.push_back(efficiency_ratios());
        break;
      case 6:
        tables.push_back(accesses());
        break;
      case 7:
        tables.push_back(parameters());
        tables.push_back(macs());
        break;
      case 8:
        tables.push_back(mac_savings());
        break;
      default:
        throw InputError(fmt::format("table {} cannot be reproduced", number));
    }
  }

 private:
  ReproducedCell cell(int table, const std::string& row, const std::string& column,
                      std::vector<double> values) const {
    ReproducedCell result{row, column, published_.at(table, row, column), std::move(values), ""};
    for (double& value : result.values) value /= result.published.unit;
    for (const KnownDeviation& known : config_.deviations) {
      if (known.table == table && known.row == row && known.column == column) {
        result.known = known.reason;
      }
    }
    return result;
  }

  std::vector<const NetworkCounts*> networks() const {
    std::vector<const NetworkCounts*> all;
    for (const NetworkCounts& counts : bases_) all.push_back(&counts);
    for (const NetworkCounts& counts : generators_) all.push_back(&counts);
    return all;
  }

  std::vector<ReproducedColumn> saving_columns() const {
    return {{fmt::format("at {:.6g}", config_.energy_factor), config_.saving_tolerance},
            {fmt::format("{}, {:.6g}", kCurveTitle, curve_factor_), config_.curve_tolerance},
            {kHardwareTitle, {}}};
  }

  ReproducedTable accesses() const {
    ReproducedTable table{"table6", "Table 6: weight accesses of an inference", "", 0, {}, {}};
    table.columns = {{"ours", 0.0}, {kHardwareTitle, {}}};
    for (const NetworkCounts* counts : networks()) {
      table.cells.push_back(
          cell(6, counts->name, "accesses",
               {static_cast<double>(counts->accesses), static_cast<double>(counts->filter_reads)}));
    }
    return table;
  }

  ReproducedTable energy_savings() const {
    ReproducedTable table{"table2", "Table 2: energy saving, %", " points", 2, {}, {}};
    table.columns = saving_columns();
    for (const NetworkCounts& base : bases_) {
      for (const NetworkCounts& generator : generators_) {
        table.cells.push_back(
            cell(2, base.name, generator.name,
                 {saving(config_.energy_factor, generator.accesses, base.accesses),
                  saving(curve_factor_, generator.accesses, base.accesses),
                  saving(curve_factor_, generator.filter_reads, base.filter_reads)}));
      }
    }
    return table;
  }

  /// Table 8 is computed from Table 7's figures as printed: two decimals of their unit.
  double printed_macs(const NetworkCounts& counts) const {
    const double digit = published_.at(7, counts.name, "MACs").unit / 100;
    return std::round(static_cast<double>(counts.published.macs()) / digit) * digit;
  }

  ReproducedTable mac_savings() const {
    ReproducedTable table{"table8", "Table 8: energy saving by MACs, %", " points", 2, {}, {}};
    table.columns = saving_columns();
    for (const NetworkCounts& base : bases_) {
      for (const NetworkCounts& generator : generators_) {
        const double ours = printed_macs(generator);
        const double of_base = printed_macs(base);
        table.cells.push_back(cell(
            8, base.name, generator.name,
            {saving(config_.energy_factor, ours, of_base), saving(curve_factor_, ours, of_base),
             saving(curve_factor_, generator.macs, base.macs)}));
      }
    }
    return table;
  }

  /// Recovered accuracy (Table 12, as published) over millions of parameters (ours).
  ReproducedTable efficiency_ratios() const {
    ReproducedTable table{"table3", "Table 3: recovered % per million parameters", "", 2, {}, {}};
    table.columns = {{"ours", config_.ratio_tolerance}};
    for (const NetworkCounts& base : bases_) {
      for (const char* rate : {"1", "0.5"}) {
        const std::string row = fmt::format("{} at {} %", base.name, rate);
        for (const NetworkCounts& generator : generators_) {
          const double recovered = published_.at(12, row, generator.name).value;
          const double millions = static_cast<double>(generator.published.parameters()) / 1e6;
          table.cells.push_back(cell(3, row, generator.name, {recovered / millions}));
        }
      }
    }
    return table;
  }

  ReproducedTable parameters() const {
    ReproducedTable table{"table7_parameters", "Table 7: parameters", "", 0, {}, {}};
    table.columns = {{"ours", 0.0}};
    for_float_networks([&](const NetworkCounts& counts) {
      table.cells.push_back(
          cell(7, counts.name, "parameters", {static_cast<double>(counts.published.parameters())}));
    });
    return table;
  }

  ReproducedTable macs() const {
    ReproducedTable table{"table7_macs", "Table 7: MACs as ptflops counts them", "", 3, {}, {}};
    table.columns = {{"ours", kHalfPrintedDigit}, {"products alone", {}}};
    for_float_networks([&](const NetworkCounts& counts) {
      table.cells.push_back(cell(7, counts.name, "MACs",
                                 {static_cast<double>(counts.published.macs()),
                                  static_cast<double>(counts.published.products)}));
    });
    return table;
  }

  template <class Visitor>
  void for_float_networks(const Visitor& visit) const {
    for (const NetworkCounts* counts : networks()) visit(*counts);
    for (const TableNetwork& network : config_.counted_only) visit(count_float_network(network));
  }

  const TablesSection& config_;
  PublishedTables published_;
  std::vector<NetworkCounts> bases_;
  std::vector<NetworkCounts> generators_;
  double curve_factor_ = 1;
};

}  // namespace

ColumnVerdict judge(const ReproducedTable& table, std::size_t column) {
  require(table.columns.at(column).tolerance.has_value(), "a column without tolerance is no claim");
  const double tolerance = *table.columns[column].tolerance + kRounding;
  ColumnVerdict verdict;
  for (const ReproducedCell& cell : table.cells) {
    ++verdict.cells;
    const double deviation = std::abs(cell.deviation(column));
    if (!cell.known.empty()) {
      verdict.known.push_back(&cell);
      continue;
    }
    if (deviation <= tolerance) ++verdict.within;
    if (verdict.worst == nullptr || deviation > std::abs(verdict.worst->deviation(column))) {
      verdict.worst = &cell;
    }
  }
  return verdict;
}

std::vector<ReproducedTable> reproduce(const TablesConfig& config) {
  const Reproduction reproduction(config);
  std::vector<ReproducedTable> tables;
  for (const std::int64_t number : config.tables.tables) reproduction.add(tables, number);
  return tables;
}

}  // namespace brownout::sweep
