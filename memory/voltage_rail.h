// SPDX-License-Identifier: Apache-2.0
// A supply rail (layer 2): the voltage its groups share, and what changing it costs.
#pragma once

#include <string>

#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// A regulator that changes its voltage at a constant rate.
struct RampConfig {
  Picoseconds time_per_vmin;  ///< for a change by one Vmin
  /// Stored on the rail's capacitance at Vmin, C Vmin^2 / 2 with the regulator's losses.
  Picojoules energy_at_vmin;
  std::string source;

  /// From one voltage to another, either way.
  [[nodiscard]] Picoseconds time(VminRatio from, VminRatio to) const;
  /// Charging takes what the capacitance then holds more; discharging feeds the rail's loads, whose
  /// energy is counted by itself, and takes nothing.
  [[nodiscard]] Picojoules energy(VminRatio from, VminRatio to) const;
};

/// Reads a rail's `ramp` section; nothing in it has a default. Findings go to its document, and
/// then the result is not to be used.
[[nodiscard]] RampConfig read_ramp_config(config::Section section);

/// A named rail at its present voltage.
class VoltageRail {
 public:
  VoltageRail(std::string name, VminRatio voltage);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] VminRatio voltage() const { return voltage_; }
  void set_voltage(VminRatio voltage) { voltage_ = voltage; }

 private:
  std::string name_;
  VminRatio voltage_;
};

}  // namespace brownout::memory
