// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/layer_table.h"

#include "accel/energy_model.h"
#include "sim/core/atomic_file.h"
#include "sim/sweep/csv.h"

namespace brownout::sweep {
namespace {

std::vector<std::string> layer_columns() {
  std::vector<std::string> columns = {"voltage_vmin", "layer", "name"};
  for (const auto& [info, value] : accel::walk(accel::LayerStatistics{})) {
    columns.push_back(info.name);
  }
  for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
    columns.push_back("energy_pj_" + name);
  }
  return columns;
}

std::vector<std::string> layer_fields(const LayerRow& row) {
  std::vector<std::string> fields = {csv_number(row.voltage.count()), std::to_string(row.index),
                                     row.name};
  for (const auto& [name, value] : row.statistics) fields.push_back(std::to_string(value));
  for (const auto& [name, energy] : row.energies) fields.push_back(csv_number(energy.count()));
  return fields;
}

/// Names come from the network's file and may hold anything; a row is one line.
std::string one_line(std::string name) {
  for (char& letter : name) {
    if (static_cast<unsigned char>(letter) < ' ') letter = ' ';
  }
  return name;
}

}  // namespace

std::vector<LayerRow> layer_rows(const accel::RunStatistics& statistics,
                                 const accel::Machine& machine, const accel::OperatingPoint& point,
                                 VminRatio voltage) {
  std::vector<LayerRow> rows;
  for (std::size_t i = 0; i < statistics.layers.size(); ++i) {
    LayerRow row{voltage, i, one_line(statistics.names[i]), {}, {}};
    for (const auto& [info, value] : accel::walk(statistics.layers[i])) {
      row.statistics.emplace_back(info.name, value);
    }
    row.energies = accel::walk(accel::energy_of(statistics.layers[i], machine, point));
    rows.push_back(std::move(row));
  }
  return rows;
}

void write_layers(const std::string& path, const std::vector<LayerRow>& rows) {
  AtomicFile file(path);
  file.stream() << join_csv(layer_columns()) << '\n';
  for (const LayerRow& row : rows) file.stream() << join_csv(layer_fields(row)) << '\n';
  file.commit();
}

std::vector<LayerRow> read_layers(const std::string& path) {
  const CsvFile file = read_csv(path, layer_columns());
  std::vector<LayerRow> rows;
  for (const CsvRow& line : file.rows) {
    CsvFields fields(file, line);
    LayerRow row;
    row.voltage = VminRatio(fields.number());
    row.index = fields.count();
    row.name = fields.text();
    for (const auto& [info, value] : accel::walk(accel::LayerStatistics{})) {
      row.statistics.emplace_back(info.name, fields.count());
    }
    for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
      row.energies.emplace_back(name, Picojoules(fields.number()));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace brownout::sweep
