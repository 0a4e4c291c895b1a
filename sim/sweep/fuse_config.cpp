// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/fuse_config.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "sim/core/error.h"
#include "sim/sweep/rails_config.h"

namespace brownout::sweep {
namespace {

using fuse::Placement;

/// Every rail of `machine` while the generator runs.
accel::OperatingPoint stage_rails(const fuse::StageConfig& stage, const accel::Machine& machine) {
  std::map<std::string, VminRatio> rails;
  const auto names = machine.accelerator.rails();
  for (const std::string& name : names) rails[name] = machine.memory.curve.reference();
  for (const fuse::StageRail& rail : stage.rails) {
    config::Section section = rail.section;
    if (names.count(rail.name) == 0) {
      section.fail("voltage", no_such_rail(rail.name, machine.accelerator));
      continue;
    }
    rails[rail.name] = on_curve(machine.memory, {section, rail.voltage}, "voltage");
    check_voltage(machine, rail.name, rails[rail.name], section, "voltage");
  }
  return accel::OperatingPoint(std::move(rails));
}

void check_ramps(const fuse::StageSetup& setup, const accel::Machine& machine,
                 const accel::OperatingPoint& rails, const std::string& swept,
                 config::Section section) {
  for (const auto& [name, voltage] : setup.rails.rails()) {
    const bool changes = name == swept || rails.voltage(name) != voltage;
    if (!changes || machine.ramps.count(name) != 0) continue;
    section.fail("placement", fmt::format("found array, which raises the rail '{0}' and lowers it "
                                          "again, and no rails.{0}.ramp, required: what a change "
                                          "costs",
                                          name));
  }
}

void check_geometry(const accel::Machine& machine, config::Section section) {
  try {
    static_cast<void>(machine.geometry());
    for (const memory::GroupId group : memory::kGroups) static_cast<void>(machine.code(group));
  } catch (const InputError& error) {
    section.fail("accelerator", error.what());
  }
}

}  // namespace

fuse::StageSetup check_stage(const fuse::StageConfig& stage, const accel::Machine& machine,
                             const accel::OperatingPoint& rails, const std::string& swept,
                             config::Section root) {
  config::Section section = root.section("fuse", "");
  fuse::StageSetup setup{stage, machine, accel::OperatingPoint{{}}};
  switch (stage.placement) {
    case Placement::kArray:
      setup.rails = stage_rails(stage, machine);
      check_ramps(setup, machine, rails, swept, section);
      break;
    case Placement::kDedicated:
      setup.machine = {
          stage.accelerator.value_or(machine.accelerator), fuse::own_memory(machine.memory), {}};
      check_geometry(setup.machine, section);
      setup.rails = stage_rails(stage, setup.machine);
      break;
    case Placement::kHost:
      if (!stage.rails.empty()) {
        section.fail("rails", "found with placement host, allowed: with array and dedicated");
      }
      break;
  }
  return setup;
}

}  // namespace brownout::sweep
