// SPDX-License-Identifier: Apache-2.0
// Delay of a circuit against its supply voltage (layer 2): the alpha-power law,
//   delay ~ V / (V - Vt)^alpha,
// of Sakurai and Newton, "Alpha-power law MOSFET model and its applications to CMOS inverter delay
// and other formulas", IEEE J. Solid-State Circuits 25(2), 1990. It holds above the threshold Vt;
// near it delays grow without bound.
#pragma once

#include <string>

#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

struct DelayLaw {
  Picoseconds at_vmin;  ///< delay at the memory's Vmin
  VminRatio threshold;  ///< Vt, in units of that Vmin
  double alpha = 1;     ///< 2 for long channels, towards 1 with velocity saturation
  std::string source;

  /// Delay at `v`. Throws InputError at and below the threshold.
  [[nodiscard]] Picoseconds at(VminRatio v) const;

  /// Lowest voltage up to `highest` at which the delay is at most `limit`; `highest` when none is.
  [[nodiscard]] VminRatio lowest_within(Picoseconds limit, VminRatio highest) const;
};

/// Reads a `delay` section whose delay at Vmin has the key `what`; nothing in it has a default.
/// Findings go to its document, and then the result is not to be used.
[[nodiscard]] DelayLaw read_delay_law(config::Section section, const char* what,
                                      const char* description);

}  // namespace brownout::memory
