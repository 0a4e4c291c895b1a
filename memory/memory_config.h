// SPDX-License-Identifier: Apache-2.0
// A published memory as a configuration (layer 2): its voltage curve, macro, faults and energies,
// one YAML file per chip under configs/memory.
#pragma once

#include <optional>
#include <string>

#include "memory/delay_law.h"
#include "memory/fault_config.h"
#include "memory/macro_energy.h"
#include "memory/sram_geometry.h"
#include "memory/voltage_curve.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// Everything known about a memory technology.
struct MemoryConfig {
  std::string name;
  std::string source;  ///< where the curve was published
  std::optional<Volts> vmin;
  VoltageCurve curve;
  MacroGeometry macro;
  FaultConfig faults;
  AccessEnergy energy;  ///< of one of its words
  std::string energy_source;
  Leakage leakage;  ///< of one macro
  std::string leakage_source;
  /// Of an access; without one a buffer keeps up with any clock.
  std::optional<DelayLaw> delay = {};
  std::string energy_size_source = {};  ///< of how access energy follows macro size

  /// `v` in units of this memory's Vmin. Throws InputError for volts when no Vmin was published,
  /// and outside the measured span unless the curve extrapolates.
  [[nodiscard]] VminRatio ratio(config::SupplyVoltage v) const;
};

/// Reads the section; findings go to its document, and then the result is not to be used.
[[nodiscard]] MemoryConfig read_memory_config(config::Section section);

}  // namespace brownout::memory
