// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/rails_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "accel/operating_timing.h"
#include "sim/core/edit_distance.h"
#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

using config::Section;

std::vector<ChangeSetting> read_schedule(Section& rail) {
  std::vector<ChangeSetting> schedule;
  for (Section change : rail.sections("schedule", "changes of the voltage along the network",
                                      config::Need::kOptional)) {
    const std::string layer = change.text("from_layer", "layer from which on it holds");
    schedule.push_back(
        {{change, change.voltage("voltage", "supply voltage from there on")}, layer});
  }
  return schedule;
}

/// All rails at the curve's highest voltage.
accel::OperatingPoint highest_point(const accel::Machine& machine) {
  std::map<std::string, VminRatio> rails;
  for (const std::string& name : machine.accelerator.rails()) {
    rails[name] = machine.memory.curve.reference();
  }
  return accel::OperatingPoint(std::move(rails));
}

/// What is wrong with the machine's timing at `point`, or nothing.
std::string timing_error(const accel::Machine& machine, const accel::OperatingPoint& point) {
  try {
    static_cast<void>(accel::operating_timing(machine, point));
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

/// A finding unless the fault map of a buffer on the rail knows the voltage.
void check_level(const accel::Machine& machine, const std::string& rail, VminRatio voltage,
                 Section section, const char* key) {
  const auto& map = machine.memory.faults.map;
  if (!map) return;
  const bool concerned = std::any_of(
      map->buffers.begin(), map->buffers.end(),
      [&](memory::GroupId group) { return machine.accelerator.buffers[group].rail == rail; });
  if (!concerned) return;
  try {
    static_cast<void>(map->level_at(voltage));
  } catch (const InputError& error) {
    section.fail(key, error.what());
  }
}

}  // namespace

std::vector<RailSetting> read_rails(Section root, accel::Machine& machine) {
  std::vector<RailSetting> rails;
  for (auto& [name, section] : root.named_sections("rails", "supply rails and their voltages")) {
    const auto voltage = section.voltage("voltage", "supply voltage of this rail");
    rails.push_back({name, {section, voltage}, read_schedule(section)});
    if (auto ramp = section.optional_section("ramp", "what a change of its voltage costs")) {
      machine.ramps[name] = memory::read_ramp_config(*ramp);
    }
  }
  return rails;
}

std::string no_such_rail(const std::string& name, const accel::AcceleratorConfig& accelerator) {
  const std::set<std::string> names = accelerator.rails();
  const auto nearest = nearest_name(name, {names.begin(), names.end()});
  return fmt::format("found '{}', allowed: a rail of the accelerator '{}': {}{}", name,
                     accelerator.name, fmt::join(names, ", "),
                     nearest ? fmt::format(", did you mean '{}'?", *nearest) : "");
}

VminRatio on_curve(const memory::MemoryConfig& memory, const VoltageSetting& setting,
                   const char* key) {
  try {
    return memory.ratio(setting.voltage);
  } catch (const InputError& error) {
    Section section = setting.section;
    section.fail(key, error.what());
    return memory.curve.reference();
  }
}

void check_voltage(const accel::Machine& machine, const std::string& rail, VminRatio voltage,
                   Section section, const char* key) {
  const accel::OperatingPoint highest = highest_point(machine);
  if (machine.accelerator.rails().count(rail) == 0) return;  // found already
  check_level(machine, rail, voltage, section, key);
  // A machine that works at no voltage is the array's fault, to be said once.
  const bool is_array = rail == machine.accelerator.array.rail;
  if (!is_array && !timing_error(machine, highest).empty()) return;
  const std::string error = timing_error(machine, highest.with(rail, voltage));
  if (!error.empty()) section.fail(key, error);
}

accel::OperatingPoint check_rails(const std::vector<RailSetting>& settings,
                                  const accel::Machine& machine, Section root) {
  const std::set<std::string> names = machine.accelerator.rails();
  std::map<std::string, VminRatio> rails;
  for (const RailSetting& rail : settings) {
    Section section = rail.setting.section;
    if (names.count(rail.name) == 0) {
      section.fail("voltage", no_such_rail(rail.name, machine.accelerator));
    }
    rails[rail.name] = on_curve(machine.memory, rail.setting, "voltage");
    check_voltage(machine, rail.name, rails[rail.name], section, "voltage");
  }
  for (const std::string& name : names) {
    if (rails.count(name) == 0) {
      root.fail("rails", fmt::format("found no '{}', required by the accelerator '{}'", name,
                                     machine.accelerator.name));
    }
  }
  return accel::OperatingPoint(std::move(rails));
}

std::vector<NamedChange> check_schedules(const std::vector<RailSetting>& settings,
                                         const accel::Machine& machine) {
  std::vector<NamedChange> changes;
  for (const RailSetting& rail : settings) {
    if (!rail.schedule.empty() && machine.ramps.count(rail.name) == 0) {
      Section section = rail.setting.section;
      section.fail(
          "schedule",
          fmt::format("found no rails.{}.ramp, required: what the changes cost", rail.name));
    }
    for (const ChangeSetting& change : rail.schedule) {
      const VminRatio voltage = on_curve(machine.memory, change.setting, "voltage");
      check_voltage(machine, rail.name, voltage, change.setting.section, "voltage");
      changes.push_back({rail.name, change.from_layer, voltage});
    }
  }
  return changes;
}

std::uint32_t layer_index(const models::Graph& graph, const std::string& name) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].name == name) return i;
    names.push_back(graph.nodes[i].name);
  }
  const auto nearest = nearest_name(name, names);
  throw InputError(fmt::format("found layer '{}', allowed: a layer of the network '{}'{}", name,
                               graph.name,
                               nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
}

}  // namespace brownout::sweep
