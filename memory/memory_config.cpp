// SPDX-License-Identifier: Apache-2.0
#include "memory/memory_config.h"

#include <fmt/format.h>

#include <utility>

#include "memory/curve_config.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

using config::Section;

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
    map->fault_free_from = memory.curve.reference();
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

VminRatio MemoryConfig::ratio(config::SupplyVoltage v) const {
  if (!v.relative_to_vmin && !vmin) {
    throw InputError(fmt::format(
        "voltage {} V: the memory '{}' has no published Vmin in volts, give it in units of Vmin",
        v.value, name));
  }
  const VminRatio result(v.relative_to_vmin ? v.value : v.value / vmin->count());
  try {
    curve.require_known(result);
  } catch (const InputError&) {
    throw InputError(
        fmt::format("voltage {} Vmin: the curve of '{}' is measured from {} to {} Vmin; "
                    "'curve.extrapolate: true' goes on beyond",
                    result.count(), name, curve.lowest().count(), curve.highest().count()));
  }
  // What is extrapolated may have no meaning there.
  static_cast<void>(curve.bit_error_rate(result));
  static_cast<void>(curve.energy_factor(result));
  return result;
}

MemoryConfig read_memory_config(Section section) {
  const std::string name = section.text("name", "the memory's name in results");
  const std::string source = section.text("source", "publication the curve comes from");
  std::optional<Volts> vmin;
  if (section.has("vmin")) {
    vmin = section.quantity<Volts>("vmin", "lowest fault-free supply voltage", {0.05, 5});
  }
  const MacroGeometry macro = read_macro(section.section("macro", "the SRAM macro"));
  const Section faults_section = section.section("faults", "how failing cells behave");
  FaultConfig faults = read_fault_config(faults_section);
  VoltageCurve curve =
      read_curve(section.section("curve", "bit errors and energy over voltage"), vmin, faults);
  const AccessEnergyTable energy =
      read_access_energy(section.section("energy", "energy of an access of 64 bits at Vmin"));
  Section leakage = section.section("leakage", "leakage power");
  MemoryConfig result{name,
                      source,
                      vmin,
                      std::move(curve),
                      macro,
                      std::move(faults),
                      energy.of_word(macro),
                      energy.source,
                      read_leakage(leakage, macro),
                      leakage.text("source", "publication of the leakage power"),
                      {},
                      energy.size_source};
  relate_faults(faults_section, result);
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
