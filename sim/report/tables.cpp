// SPDX-License-Identifier: Apache-2.0
#include "sim/report/tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/html.h"
#include "sim/report/plot_style.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

Picojoules highest_energy(const std::vector<sweep::LayerRow>& layers) {
  Picojoules highest;
  for (const sweep::LayerRow& row : layers) {
    const Picojoules energy = sweep::total(row.energies);
    if (energy > highest) highest = energy;
  }
  return highest;
}

std::string note(const std::string& text) {
  return fmt::format("<p class=\"note\">{}</p>\n", escape(text));
}

/// A statistic's name as a heading.
std::string spoken(const std::string& statistic) {
  if (statistic.rfind("cycles_", 0) == 0) return sweep::activity_label(statistic);
  std::string words = statistic;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace

std::string voltage_table(const sweep::Summary& summary) {
  const sweep::PointResult& first = summary.voltages.front().any;
  const sweep::EnergyUnit unit = sweep::energy_unit(first.total_energy());
  const auto groups = sweep::faulty_groups(summary);
  std::vector<std::string> titles = {"V/Vmin"};
  if (first.volts) titles.emplace_back("V");
  for (const auto group : groups) {
    titles.push_back(fmt::format("faulty cells, {}", sweep::buffer_label(group)));
    if (group == memory::GroupId::kFilter) titles.emplace_back("wrong bits, weights");
  }
  for (const char* title : {"chips", "mean, %", "std, %", "min, %", "max, %"}) {
    titles.emplace_back(title);
  }
  for (const auto& [name, energy] : first.energies) {
    titles.push_back(sweep::component_label(name));
  }
  titles.emplace_back("total");
  if (first.has_generator()) titles.emplace_back("of it the generator");
  for (const sweep::Saving& saving : summary.voltages.front().savings) {
    titles.push_back(fmt::format("{} saved, %", saving.of));
  }
  std::vector<std::vector<std::string>> rows;
  for (const sweep::VoltageSummary& v : summary.voltages) {
    std::vector<std::string> row = {sweep::voltage_text(v.any)};
    if (v.any.volts) row.push_back(fmt::format("{:.3f}", v.any.volts->count()));
    for (const auto group : groups) {
      row.push_back(sweep::rate(v.any.bit_error_rates[group]));
      if (group == memory::GroupId::kFilter) row.push_back(sweep::rate(v.flipped_weight_bits));
    }
    row.push_back(std::to_string(v.accuracies.size()));
    for (const double share : {v.mean, v.deviation, v.lowest, v.highest}) {
      row.push_back(sweep::percent(share, 2));
    }
    for (const auto& [name, energy] : v.any.energies) row.push_back(unit.text(energy));
    row.push_back(unit.text(v.any.total_energy()));
    if (first.has_generator()) {
      row.push_back(unit.text(sweep::total(v.any.generator_energies)));
    }
    for (const sweep::Saving& saving : v.savings) row.push_back(sweep::percent(saving.share, 1));
    rows.push_back(std::move(row));
  }
  const std::string extrapolated = sweep::extrapolation_note(summary);
  return note(
             "Faulty cells: expected share by the memory's curve. Wrong bits: share of all weight "
             "bits that read wrong, mean over chips. Accuracy over chips; energies per image in" +
             with_micro(fmt::format(" {}", unit.name)) + ".") +
         html_table(titles, rows, 0) + (extrapolated.empty() ? "" : note(extrapolated));
}

std::string layer_table(const sweep::Results& results) {
  std::vector<sweep::LayerRow> layers;
  for (const sweep::LayerRow& row : results.layers) {
    if (row.voltage == results.layers.front().voltage) layers.push_back(row);
  }
  if (layers.empty()) return "";
  const sweep::EnergyUnit unit = sweep::energy_unit(highest_energy(layers));
  std::vector<std::string> titles = {"layer"};
  for (const auto& [name, value] : layers.front().statistics) titles.push_back(spoken(name));
  for (const auto& [name, energy] : layers.front().energies) {
    titles.push_back(sweep::component_label(name));
  }
  std::vector<std::vector<std::string>> rows;
  for (const sweep::LayerRow& layer : layers) {
    std::vector<std::string> row = {layer.name};
    for (const auto& [name, value] : layer.statistics) row.push_back(sweep::thousands(value));
    for (const auto& [name, energy] : layer.energies) row.push_back(unit.text(energy));
    rows.push_back(std::move(row));
  }
  return note(
             "Activities in cycles, buffer accesses in words, DRAM traffic in bytes, energies by "
             "component in" +
             with_micro(fmt::format(" {}", unit.name)) + ".") +
         html_table(titles, rows, 1);
}

}  // namespace brownout::report
