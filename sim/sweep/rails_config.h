// SPDX-License-Identifier: Apache-2.0
// The `rails` section (layer 5): each rail's voltage, how it changes along the network, and what a
// change costs.
#pragma once

#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "models/graph.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::sweep {

/// A voltage as written, and where findings about it go.
struct VoltageSetting {
  config::Section section;
  config::SupplyVoltage voltage;
};

/// From the layer of this name on.
struct ChangeSetting {
  VoltageSetting setting;
  std::string from_layer;
};

struct RailSetting {
  std::string name;
  VoltageSetting setting;
  std::vector<ChangeSetting> schedule;
};

/// A change of voltage before its layer is known by number.
struct NamedChange {
  std::string rail;
  std::string from_layer;
  VminRatio voltage;
};

/// Reads the section and puts every rail's ramp into `machine`.
[[nodiscard]] std::vector<RailSetting> read_rails(config::Section root, accel::Machine& machine);

/// What is wrong with a rail the accelerator does not name.
[[nodiscard]] std::string no_such_rail(const std::string& name,
                                       const accel::AcceleratorConfig& accelerator);

/// `voltage` on the memory's curve; a finding at `key` and the highest one otherwise.
[[nodiscard]] VminRatio on_curve(const memory::MemoryConfig& memory, const VoltageSetting& setting,
                                 const char* key);

/// A finding at `key` unless the machine works with `rail` at `voltage`: the clock must suit it,
/// and a fault map of a buffer on the rail have been measured there.
void check_voltage(const accel::Machine& machine, const std::string& rail, VminRatio voltage,
                   config::Section section, const char* key);

/// Voltages before the first change.
[[nodiscard]] accel::OperatingPoint check_rails(const std::vector<RailSetting>& settings,
                                                const accel::Machine& machine,
                                                config::Section root);
/// The changes of all rails, found to be possible.
[[nodiscard]] std::vector<NamedChange> check_schedules(const std::vector<RailSetting>& settings,
                                                       const accel::Machine& machine);

/// Position of the layer called `name`. Throws InputError with the nearest name otherwise.
[[nodiscard]] std::uint32_t layer_index(const models::Graph& graph, const std::string& name);

}  // namespace brownout::sweep
