// SPDX-License-Identifier: Apache-2.0
#include "memory/voltage_rail.h"

#include <cmath>
#include <utility>

namespace brownout::memory {

Picoseconds RampConfig::time(VminRatio from, VminRatio to) const {
  return time_per_vmin * std::abs(to.count() - from.count());
}

Picojoules RampConfig::energy(VminRatio from, VminRatio to) const {
  if (to <= from) return Picojoules(0);
  return energy_at_vmin * (to.count() * to.count() - from.count() * from.count());
}

RampConfig read_ramp_config(config::Section section) {
  RampConfig ramp;
  ramp.time_per_vmin = section.quantity<Picoseconds>(
      "time_per_vmin", "time to change the voltage by one Vmin", {0, 1e12});
  ramp.energy_at_vmin = section.quantity<Picojoules>(
      "energy_at_vmin", "energy on the rail's capacitance at Vmin", {0, 1e12});
  ramp.source = section.text("source", "publication of the ramp, or that it is an assumption");
  return ramp;
}

VoltageRail::VoltageRail(std::string name, VminRatio voltage)
    : name_(std::move(name)), voltage_(voltage) {}

}  // namespace brownout::memory
