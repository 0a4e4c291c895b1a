// SPDX-License-Identifier: Apache-2.0
// The `curve` section of a memory (layer 2).
#pragma once

#include <optional>

#include "memory/fault_config.h"
#include "memory/voltage_curve.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// Reads the section; findings go to its document, and then the result is not to be used. `faults`
/// says how many bits flip where the published rates are of flipped bits.
[[nodiscard]] VoltageCurve read_curve(config::Section section, std::optional<Volts> vmin,
                                      const FaultConfig& faults);

}  // namespace brownout::memory
