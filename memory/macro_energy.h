// SPDX-License-Identifier: Apache-2.0
// Energy of a macro's accesses and its leakage (layer 2), from published figures of macros of other
// sizes. docs/energy.md lists the figures and where they come from.
#pragma once

#include <string>

#include "memory/sram_geometry.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// Energy of one word access at Vmin; at other voltages times the curve's energy factor.
struct AccessEnergy {
  Picojoules read;
  Picojoules write;
};

/// Published energies of a 64-bit access at Vmin.
struct AccessEnergyTable {
  AccessEnergy access;       ///< of 64 bits in a macro of `of` bytes
  Bytes of{1};               ///< macro size they hold for
  double size_exponent = 0;  ///< energy goes with the macro's bytes to this power
  std::string source;
  std::string size_source;  ///< of the exponent

  /// Of one word of `macro`: table x (bytes / of)^size_exponent x (word_bits / 64). Bit lines and
  /// sense amplifiers of a word dominate, hence in proportion to its bits; what an access costs
  /// whatever its width (decoder, clock) is scaled with them, too low for narrow words.
  [[nodiscard]] AccessEnergy of_word(const MacroGeometry& macro) const;
};

/// Leakage power of one macro: at_vmin * (V/Vmin)^exponent.
struct Leakage {
  Milliwatts at_vmin;
  double exponent = 1;

  [[nodiscard]] Milliwatts at(VminRatio v) const;
};

/// Reads `energy`; findings go to its document, and then the result is not to be used.
[[nodiscard]] AccessEnergyTable read_access_energy(config::Section section);
/// Reads `leakage`, which is given per bit, for `macro`.
[[nodiscard]] Leakage read_leakage(config::Section& section, const MacroGeometry& macro);

}  // namespace brownout::memory
