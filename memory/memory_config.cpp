// SPDX-License-Identifier: Apache-2.0
#include "memory/memory_config.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <vector>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

using config::Limits;
using config::Section;

constexpr Limits kEnergyLimits{0, 1e6};

/// A valid curve to read on with once the real one was found wrong.
VoltageCurve usable_curve() {
  return {{{VminRatio(0.5), 0.1, 0.25}, {VminRatio(0.75), 0.01, 0.5}, {VminRatio(1), 0, 1}},
          Interpolation::kProbit};
}

VoltageCurve read_curve(Section section, std::optional<Volts> vmin) {
  const auto interpolation = section.choice<Interpolation>(
      "interpolation", "scale in which the bit-error rate is interpolated over voltage",
      {{"probit", Interpolation::kProbit}, {"log", Interpolation::kLog}}, Interpolation::kProbit);
  std::vector<CurvePoint> points;
  for (Section point : section.sections("points", "measured operating points")) {
    const config::SupplyVoltage v = point.voltage("voltage", "supply voltage");
    if (!v.relative_to_vmin && !vmin) {
      point.fail("voltage", "is in volts, which needs the memory's 'vmin'");
      continue;
    }
    points.push_back({VminRatio(v.relative_to_vmin ? v.value : v.value / vmin->count()),
                      point.number("ber", "share of failing cells", {0, 1}),
                      point.number("energy", "energy per access relative to Vmin", {0, 100})});
  }
  try {
    return {std::move(points), interpolation};
  } catch (const InputError& error) {
    section.fail("points", error.what());
    return usable_curve();
  }
}

MacroGeometry read_macro(Section section) {
  MacroGeometry macro;
  macro.rows = static_cast<std::uint32_t>(
      section.integer("rows", "words of a macro", {1, 1 << 20}, macro.rows));
  macro.word_bits = section.choice<std::uint32_t>("word_bits", "bits of a word",
                                                  {{"8", 8}, {"16", 16}, {"32", 32}, {"64", 64}},
                                                  macro.word_bits);
  return macro;
}

/// What the map and the placement mean on the memory's curve and with its macros.
void relate_faults(Section faults, MemoryConfig& memory) {
  if (auto& map = memory.faults.map) {
    Section section = faults.section("map", "");
    if (!map->map.relative_to_vmin() && !memory.vmin) {
      section.fail("file", fmt::format("{}: found voltages in V, required with them: the memory's "
                                       "'vmin'; allowed: voltages in Vmin",
                                       map->map.name()));
    }
    map->fault_free_from = memory.curve.highest();
    for (const MapLevel& level : map->map.levels()) {
      const bool in_volts = !map->map.relative_to_vmin() && memory.vmin;
      map->voltages.emplace_back(in_volts ? level.voltage / memory.vmin->count() : level.voltage);
    }
    try {
      static_cast<void>(MapTiles(map->map, memory.macro));
    } catch (const InputError& error) {
      section.fail("file", error.what());
    }
  }
  PlacementConfig& placement = memory.faults.placement;
  if (placement.order != PlacementOrder::kFaultAware) return;
  Section section = faults.section("placement", "");
  try {
    placement.test_at = memory.ratio(placement.test_voltage);
    if (memory.faults.map) static_cast<void>(memory.faults.map->level_at(placement.test_at));
  } catch (const InputError& error) {
    section.fail("test_voltage", error.what());
  }
}

}  // namespace

Milliwatts Leakage::at(VminRatio v) const { return at_vmin * std::pow(v.count(), exponent); }

VminRatio MemoryConfig::ratio(config::SupplyVoltage v) const {
  if (!v.relative_to_vmin && !vmin) {
    throw InputError(fmt::format(
        "voltage {} V: the memory '{}' has no published Vmin in volts, give it in units of Vmin",
        v.value, name));
  }
  const VminRatio result(v.relative_to_vmin ? v.value : v.value / vmin->count());
  if (result < curve.lowest() || result > curve.highest()) {
    throw InputError(
        fmt::format("voltage {} Vmin: the curve of '{}' is measured from {} to {} Vmin",
                    result.count(), name, curve.lowest().count(), curve.highest().count()));
  }
  return result;
}

MemoryConfig read_memory_config(Section section) {
  const std::string name = section.text("name", "the memory's name in results");
  const std::string source = section.text("source", "publication the curve comes from");
  std::optional<Volts> vmin;
  if (section.has("vmin")) {
    vmin = section.quantity<Volts>("vmin", "lowest fault-free supply voltage", {0.05, 5});
  }
  MemoryConfig result{
      name, source,
      vmin, read_curve(section.section("curve", "bit errors and energy over voltage"), vmin),
      {},   {},
      {},   {},
      {},   {},
      {}};
  result.macro = read_macro(section.section("macro", "the SRAM macro"));
  const Section faults = section.section("faults", "how failing cells behave");
  result.faults = read_fault_config(faults);
  relate_faults(faults, result);

  Section energy = section.section("energy", "energy of one word access at Vmin");
  result.energy.read = energy.quantity<Picojoules>("read", "one word read", kEnergyLimits);
  result.energy.write = energy.quantity<Picojoules>("write", "one word written", kEnergyLimits);
  result.energy_source = energy.text("source", "publication of the access energies");

  Section leakage = section.section("leakage", "leakage power of one macro");
  result.leakage.at_vmin = leakage.quantity<Milliwatts>("per_macro", "at Vmin", kEnergyLimits);
  result.leakage.exponent =
      leakage.number("exponent", "leakage power grows with (V/Vmin) to this power", {0, 10});
  result.leakage_source = leakage.text("source", "publication of the leakage power");
  if (auto delay = section.optional_section("delay", "the delay of an access over voltage")) {
    result.delay = read_delay_law(*delay, "access_time", "one access at Vmin");
  }
  if (result.faults.access_time && !result.delay) {
    section.fail("faults",
                 "found the mechanism access_time without 'delay', required: the memory's "
                 "delay law");
  }
  return result;
}

}  // namespace brownout::memory
