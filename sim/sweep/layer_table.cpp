// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/layer_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "accel/energy_model.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/sweep/csv.h"

namespace brownout::sweep {
namespace {

using Counts = accel::ScaleSimCounts;
constexpr std::array<std::uint64_t Counts::*, 4> kScaleSimCounts = {
    &Counts::cycles, &Counts::ifmap_reads, &Counts::filter_reads, &Counts::ofmap_writes};

std::vector<std::string> layer_columns() {
  std::vector<std::string> columns = {"voltage_vmin", "layer", "name"};
  for (const auto& [info, value] : accel::walk(accel::LayerStatistics{})) {
    columns.push_back(info.name);
  }
  for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
    columns.push_back("energy_pj_" + name);
  }
  for (const char* name : {"cycles", "ifmap_reads", "filter_reads", "ofmap_writes"}) {
    columns.push_back(std::string("scale_sim_") + name);  // reads and writes of elements
  }
  return columns;
}

std::vector<std::string> layer_fields(const LayerRow& row) {
  std::vector<std::string> fields = {csv_number(row.voltage.count()), std::to_string(row.index),
                                     row.name};
  for (const auto& [name, value] : row.statistics) fields.push_back(std::to_string(value));
  for (const auto& [name, energy] : row.energies) fields.push_back(csv_number(energy.count()));
  for (const std::uint64_t Counts::*count : kScaleSimCounts) {
    fields.push_back(row.scale_sim ? std::to_string((*row.scale_sim).*count) : "");
  }
  return fields;
}

/// All four or none.
std::optional<accel::ScaleSimCounts> read_scale_sim(CsvFields& fields) {
  std::optional<accel::ScaleSimCounts> counts;
  bool first = true;
  for (std::uint64_t Counts::*count : kScaleSimCounts) {
    const auto value = fields.count_if_any();
    if (!first && value.has_value() != counts.has_value()) fields.reject("all counts or none");
    first = false;
    if (!value) continue;
    if (!counts) counts.emplace();
    (*counts).*count = *value;
  }
  return counts;
}

/// Names come from the network's file and may hold anything; a row is one line.
std::string one_line(std::string name) {
  for (char& letter : name) {
    if (static_cast<unsigned char>(letter) < ' ') letter = ' ';
  }
  return name;
}

/// Takes voltage and layer of the row that follows `rows`.
void read_position(CsvFields& fields, const std::vector<LayerRow>& rows, LayerRow& row) {
  row.voltage = VminRatio(fields.number());
  if (!rows.empty() && row.voltage > rows.back().voltage) fields.reject("falling voltages");
  const bool continues = !rows.empty() && row.voltage == rows.back().voltage;
  const std::size_t expected = continues ? rows.back().index + 1 : 0;
  row.index = fields.count();
  if (row.index != expected) {
    fields.reject(fmt::format("{}, a voltage has all layers in order", expected));
  }
}

/// A layer may cost nothing, so that sums do not miss it.
void require_same_number(const std::vector<LayerRow>& rows, const std::string& path) {
  std::map<double, std::size_t> layers;
  for (const LayerRow& row : rows) ++layers[row.voltage.count()];
  std::size_t most = 0;
  for (const auto& [voltage, count] : layers) most = std::max(most, count);
  for (const auto& [voltage, count] : layers) {
    if (count == most) continue;
    throw InputError(fmt::format("{}: voltage {}: found {} layers, allowed: {} as elsewhere", path,
                                 csv_number(voltage), count, most));
  }
}

Cycles cycles_of(const LayerRow& row) {
  std::uint64_t cycles = 0;
  for (const auto& [name, value] : row.statistics) {
    if (name.rfind("cycles_", 0) == 0) cycles += value;
  }
  return Cycles(cycles);
}

/// Equal but for the rounding of sums; numbers are written exactly.
bool is_close(Picojoules a, Picojoules b) {
  constexpr double kRounding = 1e-9;
  return std::abs(a.count() - b.count()) <= kRounding * std::abs(b.count());
}

}  // namespace

ScaleSimLayers scale_sim_layers(const std::vector<const models::Graph*>& graphs,
                                const accel::AcceleratorConfig& accelerator) {
  ScaleSimLayers all;
  if (accelerator.accounting != accel::Accounting::kScaleSim) return all;
  for (const models::Graph* graph : graphs) {
    const ScaleSimLayers layers = accel::scale_sim_layers(
        *graph, accelerator.array.rows, accelerator.array.cols, accelerator.array.dataflow);
    all.insert(all.end(), layers.begin(), layers.end());
  }
  return all;
}

std::vector<LayerRow> layer_rows(const fuse::ImageCost& cost, VminRatio voltage,
                                 const ScaleSimLayers& scale_sim) {
  const accel::RunStatistics& statistics = cost.layers;
  std::vector<LayerRow> rows;
  for (std::size_t i = 0; i < statistics.layers.size(); ++i) {
    LayerRow row{voltage, i, one_line(statistics.names[i]), {}, {}, {}};
    if (!scale_sim.empty()) row.scale_sim = scale_sim.at(i);
    for (const auto& [info, value] : accel::walk(statistics.layers[i])) {
      row.statistics.emplace_back(info.name, value);
    }
    row.energies = accel::walk(cost.energies[i]);
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
    read_position(fields, rows, row);
    row.name = fields.text();
    for (const auto& [info, value] : accel::walk(accel::LayerStatistics{})) {
      row.statistics.emplace_back(info.name, fields.count());
    }
    for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
      row.energies.emplace_back(name, Picojoules(fields.number()));
    }
    row.scale_sim = read_scale_sim(fields);
    rows.push_back(std::move(row));
  }
  require_same_number(rows, path);
  return rows;
}

void require_adds_up(const std::vector<LayerRow>& layers, const PointResult& point,
                     const std::string& path) {
  const auto reject = [&](const std::string& found, const std::string& allowed) {
    throw InputError(fmt::format("{}: voltage {}: found {}, allowed: {} as point {} says", path,
                                 csv_number(point.point.voltage.count()), found, allowed,
                                 point.point.index));
  };
  Cycles cycles;
  NamedEnergies energies = point.energies;
  for (auto& [name, energy] : energies) energy = Picojoules(0);
  bool found = false;
  for (const LayerRow& row : layers) {
    if (row.voltage != point.point.voltage) continue;
    found = true;
    cycles += cycles_of(row);
    for (std::size_t i = 0; i < energies.size(); ++i) energies[i].second += row.energies[i].second;
  }
  if (!found) reject("no layers", "those of the network,");
  if (cycles != point.cycles) {
    reject(fmt::format("layers of {} cycles", cycles.count()),
           std::to_string(point.cycles.count()));
  }
  for (std::size_t i = 0; i < energies.size(); ++i) {
    const auto& [name, sum] = energies[i];
    if (is_close(sum, point.energies[i].second)) continue;
    reject(fmt::format("layers of energy_pj_{} {}", name, csv_number(sum.count())),
           csv_number(point.energies[i].second.count()));
  }
}

}  // namespace brownout::sweep
