// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/wording.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

namespace brownout::sweep {
namespace {

using Label = std::pair<const char*, const char*>;

constexpr std::array<EnergyUnit, 4> kEnergyUnits = {
    {{"mJ", 1e9}, {"uJ", 1e6}, {"nJ", 1e3}, {"pJ", 1}}};

constexpr std::array<Label, 10> kComponents = {{{"filter_sram", "weight SRAM"},
                                                {"ifmap_sram", "input SRAM"},
                                                {"ofmap_sram", "output SRAM"},
                                                {"ecc", "error code"},
                                                {"array", "array"},
                                                {"vector", "vector"},
                                                {"dram", "DRAM"},
                                                {"leakage", "leakage"},
                                                {"rail_ramps", "rail ramps"},
                                                {"outside", "host and hand-over"}}};

constexpr std::array<Label, 8> kActivities = {{{"cycles_fill", "array filling"},
                                               {"cycles_compute", "array computing"},
                                               {"cycles_drain", "array draining"},
                                               {"cycles_vector", "vector unit"},
                                               {"cycles_stall_ifmap", "waiting for inputs"},
                                               {"cycles_stall_filter", "waiting for weights"},
                                               {"cycles_stall_ofmap", "waiting to store"},
                                               {"cycles_rail_ramp", "rail ramps"}}};

template <std::size_t N>
const char* find_label(const std::array<Label, N>& labels, const std::string& name) {
  for (const auto& [known, label] : labels) {
    if (name == known) return label;
  }
  return nullptr;
}

}  // namespace

std::string EnergyUnit::text(Picojoules energy) const {
  return fmt::format("{:.3f}", value(energy));
}

EnergyUnit energy_unit(Picojoules largest) {
  for (const EnergyUnit& unit : kEnergyUnits) {
    if (unit.value(largest) >= 1) return unit;
  }
  return kEnergyUnits.back();
}

std::string percent(double share, int decimals) {
  return fmt::format("{:.{}f}", share * 100, decimals);
}

std::string rate(double rate) { return rate == 0 ? "0" : fmt::format("{:.2e}", rate); }

std::string thousands(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string time_text(Picoseconds time) {
  const double picoseconds = time.count();
  if (picoseconds >= 1e9) return fmt::format("{:.3f} ms", picoseconds * 1e-9);
  if (picoseconds >= 1e6) return fmt::format("{:.3f} us", picoseconds * 1e-6);
  return fmt::format("{:.3f} ns", picoseconds * 1e-3);
}

const char* buffer_label(memory::GroupId group) {
  switch (group) {
    case memory::GroupId::kIfmap:
      return "inputs";
    case memory::GroupId::kFilter:
      return "weights";
    case memory::GroupId::kOfmap:
      return "outputs";
  }
  return "?";
}

std::string buffer_labels(const memory::PerGroup<bool>& groups) {
  std::vector<std::string> labels;
  for (const memory::GroupId group : memory::kGroups) {
    if (groups[group]) labels.emplace_back(buffer_label(group));
  }
  if (labels.empty()) return "";
  const std::string last = labels.back();
  labels.pop_back();
  return labels.empty() ? last : fmt::format("{} and {}", fmt::join(labels, ", "), last);
}

std::string component_label(const std::string& component) {
  const char* label = find_label(kComponents, component);
  return label == nullptr ? component : label;
}

std::string activity_label(const std::string& statistic) {
  const char* label = find_label(kActivities, statistic);
  return label == nullptr ? statistic.substr(statistic.find('_') + 1) : label;
}

}  // namespace brownout::sweep
