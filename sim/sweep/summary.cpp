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

Picojoules sum_of(const NamedEnergies& energies, const std::vector<std::string>& components) {
  Picojoules sum;
  for (const std::string& component : components) sum += energy_of(energies, component);
  return sum;
}

/// From the most specific to the most general; what needs no energy at the reference is left out.
std::vector<Saving> savings_of(const NamedEnergies& energies, const NamedEnergies& reference) {
  const std::vector<std::string> weights = {"filter_sram"};
  const std::vector<std::string> buffers = {"filter_sram", "ifmap_sram", "ofmap_sram"};
  const auto share = [](Picojoules now, Picojoules then) { return 1.0 - now / then; };
  std::vector<Saving> savings;
  if (sum_of(reference, weights).count() > 0) {
    savings.push_back(
        {"weight SRAM", share(sum_of(energies, weights), sum_of(reference, weights))});
  }
  if (sum_of(reference, buffers).count() > 0) {
    savings.push_back({"all SRAM", share(sum_of(energies, buffers), sum_of(reference, buffers))});
  }
  if (total(reference).count() > 0) {
    savings.push_back({"total", share(total(energies), total(reference))});
  }
  return savings;
}

void finish(VoltageSummary& summary, const std::optional<PointResult>& nominal) {
  const std::vector<double>& accuracies = summary.accuracies;
  summary.mean = mean(accuracies);
  summary.deviation = sample_standard_deviation(accuracies);
  summary.lowest = *std::min_element(accuracies.begin(), accuracies.end());
  summary.flipped_weight_bits /= static_cast<double>(accuracies.size());
  summary.highest = *std::max_element(accuracies.begin(), accuracies.end());
  if (!nominal) return;
  summary.savings = savings_of(summary.any.energies, nominal->base_energies());
  if (!summary.any.has_generator()) return;
  summary.savings.insert(summary.savings.begin(),
                         Saving{"weight reads, Eq. 6", summary.any.weight_reads_saved});
}

/// All components, but ramps and error codes only where there are any.
std::vector<std::string> shown_components(const Summary& summary) {
  std::vector<std::string> names;
  for (const auto& [name, energy] : summary.voltages.front().any.energies) {
    const std::string& component = name;
    const bool spent = std::any_of(summary.voltages.begin(), summary.voltages.end(),
                                   [&](const VoltageSummary& voltage) {
                                     return energy_of(voltage.any.energies, component).count() > 0;
                                   });
    const bool optional = component == "rail_ramps" || component == "ecc" || component == "outside";
    if (spent || !optional) names.push_back(component);
  }
  return names;
}

/// Only with an error code does anybody notice that a word is wrong.
bool shows_outcomes(const Summary& summary) {
  return std::any_of(summary.voltages.begin(), summary.voltages.end(), [](const auto& voltage) {
    return voltage.weight_words.corrected + voltage.weight_words.detected > 0;
  });
}

void add_outcomes(std::vector<std::string>& row, const memory::CodeOutcomes& outcomes) {
  for (const std::uint64_t count : {outcomes.corrected, outcomes.detected, outcomes.silent}) {
    const auto words = static_cast<double>(std::max<std::uint64_t>(1, outcomes.words));
    row.push_back(percent(static_cast<double>(count) / words, 3));
  }
}

std::vector<std::string> table_row(const VoltageSummary& summary,
                                   const std::vector<memory::GroupId>& groups,
                                   const std::vector<std::string>& components,
                                   const EnergyUnit& unit) {
  const PointResult& point = summary.any;
  std::vector<std::string> row = {voltage_text(point)};
  if (point.volts) row.push_back(fmt::format("{:.3f}", point.volts->count()));
  for (const memory::GroupId group : groups) {
    row.push_back(rate(point.bit_error_rates[group]));
    if (group == memory::GroupId::kFilter) row.push_back(rate(summary.flipped_weight_bits));
  }
  row.push_back(percent(summary.mean, 2));
  row.push_back(percent(summary.deviation, 2));
  row.push_back(percent(summary.lowest, 2));
  for (const std::string& name : components)
    row.push_back(unit.text(energy_of(point.energies, name)));
  row.push_back(unit.text(point.total_energy()));
  for (const Saving& saving : summary.savings) row.push_back(percent(saving.share, 1));
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
      voltages.push_back({result, {}, 0, 0, 0, 0, 0, {}, {}});
      found = std::prev(voltages.end());
    }
    found->accuracies.push_back(result.accuracy());
    if (result.weight_words) found->weight_words += *result.weight_words;
    found->flipped_weight_bits += result.flipped_weight_bits;  // a sum until finish()
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

memory::GroupId main_group(const Summary& summary) {
  const auto rise = [&](memory::GroupId group) {
    return summary.voltages.back().any.bit_error_rates[group] -
           summary.voltages.front().any.bit_error_rates[group];
  };
  memory::GroupId main = memory::GroupId::kFilter;
  for (const memory::GroupId group : memory::kGroups) {
    if (rise(group) > rise(main)) main = group;
  }
  return main;
}

std::size_t main_saving(const Summary& summary) {
  const std::vector<Saving>& savings = summary.voltages.back().savings;
  for (std::size_t i = 0; i < savings.size(); ++i) {
    if (savings[i].share != 0) return i;
  }
  return 0;
}

std::string voltage_text(const PointResult& point) {
  const std::string voltage = fmt::format("{:.4f}", point.point.voltage.count());
  return buffer_labels(point.extrapolated).empty() ? voltage : voltage + kExtrapolationMark;
}

std::string extrapolation_note(const Summary& summary) {
  memory::PerGroup<bool> any(false, false, false);
  for (const VoltageSummary& voltage : summary.voltages) {
    for (const memory::GroupId group : memory::kGroups) {
      any[group] = any[group] || voltage.any.extrapolated[group];
    }
  }
  const std::string buffers = buffer_labels(any);
  if (buffers.empty()) return "";
  return fmt::format(
      "{} outside the voltages the memory was measured at ({}): failing cells and energy are "
      "extrapolated, not measured",
      kExtrapolationMark, buffers);
}

std::string summary_table(const Summary& summary) {
  if (summary.voltages.empty()) return "";
  const PointResult& first = summary.voltages.front().any;
  const auto groups = faulty_groups(summary);
  const EnergyUnit unit = energy_unit(first.total_energy());
  std::vector<TextColumn> columns = {{"", "V/Vmin"}};
  if (first.volts) columns.push_back({"", "V"});
  for (const memory::GroupId group : groups) {
    columns.push_back({buffer_label(group), "faulty cells"});
    if (group == memory::GroupId::kFilter) columns.push_back({"weights", "wrong bits"});
  }
  for (const char* title : {"mean", "std", "min"}) columns.push_back({"accuracy, %", title});
  const std::string energy = fmt::format("energy per image, {}", unit.name);
  const std::vector<std::string> components = shown_components(summary);
  for (const std::string& name : components) columns.push_back({energy, component_label(name)});
  columns.push_back({energy, "total"});
  for (const Saving& saving : summary.voltages.front().savings) {
    columns.push_back({"saved, %", saving.of});
  }
  const bool generator = first.has_generator();
  if (generator) {
    columns.push_back({"of it the generator", unit.name});
    columns.push_back({"of it the generator", "%"});
  }
  const bool outcomes = shows_outcomes(summary);
  if (outcomes) {
    for (const char* title : {"put right", "detected", "silently wrong"}) {
      columns.push_back({"weight words, %", title});
    }
  }
  TextTable table(std::move(columns));
  for (const VoltageSummary& voltage : summary.voltages) {
    std::vector<std::string> row = table_row(voltage, groups, components, unit);
    if (generator) {
      const Picojoules spent = total(voltage.any.generator_energies);
      row.push_back(unit.text(spent));
      row.push_back(percent(spent / voltage.any.total_energy(), 1));
    }
    if (outcomes) add_outcomes(row, voltage.weight_words);
    table.add_row(std::move(row));
  }
  const std::string note = extrapolation_note(summary);
  return table.text() + (note.empty() ? "" : note + "\n");
}

}  // namespace brownout::sweep
