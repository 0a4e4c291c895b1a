// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/core/statistics.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::sweep {
namespace {

constexpr const char* kWeightSram = "filter_sram";

std::optional<double> saving(Picojoules energy, Picojoules reference) {
  if (reference.count() == 0) return {};
  return 1.0 - energy / reference;
}

void finish(VoltageSummary& summary, const std::optional<PointResult>& nominal) {
  const std::vector<double>& accuracies = summary.accuracies;
  summary.mean = mean(accuracies);
  summary.deviation = sample_standard_deviation(accuracies);
  summary.lowest = *std::min_element(accuracies.begin(), accuracies.end());
  summary.highest = *std::max_element(accuracies.begin(), accuracies.end());
  if (!nominal) return;
  summary.weight_sram_saving = saving(energy_of(summary.any.energies, kWeightSram),
                                      energy_of(nominal->energies, kWeightSram));
  summary.total_saving = saving(summary.any.total_energy(), nominal->total_energy());
}

std::string saving_text(const std::optional<double>& share) {
  return share ? percent(*share, 1) : "-";
}

std::vector<std::string> table_row(const VoltageSummary& summary,
                                   const std::vector<memory::GroupId>& groups,
                                   const EnergyUnit& unit) {
  const PointResult& point = summary.any;
  std::vector<std::string> row = {fmt::format("{:.4f}", point.point.voltage.count())};
  if (point.volts) row.push_back(fmt::format("{:.3f}", point.volts->count()));
  for (const memory::GroupId group : groups) row.push_back(rate(point.bit_error_rates[group]));
  row.push_back(percent(summary.mean, 2));
  row.push_back(percent(summary.deviation, 2));
  row.push_back(percent(summary.lowest, 2));
  for (const auto& [name, energy] : point.energies) row.push_back(unit.text(energy));
  row.push_back(unit.text(point.total_energy()));
  row.push_back(saving_text(summary.weight_sram_saving));
  row.push_back(saving_text(summary.total_saving));
  return row;
}

}  // namespace

Picojoules energy_of(const NamedEnergies& energies, const std::string& component) {
  for (const auto& [name, energy] : energies) {
    if (name == component) return energy;
  }
  return {};
}

Summary summarize(const std::vector<PointResult>& points) {
  Summary summary;
  for (const PointResult& result : points) {
    if (result.point.role == Role::kNominal) {
      summary.nominal = result;
      continue;
    }
    auto& voltages = summary.voltages;
    auto found = std::find_if(voltages.begin(), voltages.end(), [&](const VoltageSummary& v) {
      return v.any.point.voltage == result.point.voltage;
    });
    if (found == voltages.end()) {
      voltages.push_back({result, {}, 0, 0, 0, 0, {}, {}});
      found = std::prev(voltages.end());
    }
    found->accuracies.push_back(result.accuracy());
  }
  std::sort(summary.voltages.begin(), summary.voltages.end(),
            [](const VoltageSummary& a, const VoltageSummary& b) {
              return a.any.point.voltage > b.any.point.voltage;
            });
  for (VoltageSummary& voltage : summary.voltages) finish(voltage, summary.nominal);
  return summary;
}

std::vector<memory::GroupId> faulty_groups(const Summary& summary) {
  std::vector<memory::GroupId> groups;
  for (const memory::GroupId group : memory::kGroups) {
    const bool faulty =
        std::any_of(summary.voltages.begin(), summary.voltages.end(),
                    [&](const VoltageSummary& v) { return v.any.bit_error_rates[group] > 0; });
    if (faulty) groups.push_back(group);
  }
  if (groups.empty()) groups.push_back(memory::GroupId::kFilter);
  return groups;
}

std::string summary_table(const Summary& summary) {
  if (summary.voltages.empty()) return "";
  const PointResult& first = summary.voltages.front().any;
  const auto groups = faulty_groups(summary);
  const EnergyUnit unit = energy_unit(first.total_energy());
  std::vector<TextColumn> columns = {{"", "V/Vmin"}};
  if (first.volts) columns.push_back({"", "V"});
  for (const memory::GroupId group : groups) {
    columns.push_back({groups.size() == 1 ? "" : buffer_label(group), "BER"});
  }
  for (const char* title : {"mean", "std", "min"}) columns.push_back({"accuracy, %", title});
  const std::string energy = fmt::format("energy per image, {}", unit.name);
  for (const auto& [name, value] : first.energies) {
    columns.push_back({energy, component_label(name)});
  }
  columns.push_back({energy, "total"});
  columns.push_back({"saved, %", "weight SRAM"});
  columns.push_back({"saved, %", "total"});
  TextTable table(std::move(columns));
  for (const VoltageSummary& voltage : summary.voltages) {
    table.add_row(table_row(voltage, groups, unit));
  }
  return table.text();
}

}  // namespace brownout::sweep
