// SPDX-License-Identifier: Apache-2.0
// Cycles as SystemC time (layer 3).
#pragma once

#include <cmath>
#include <systemc>

#include "sim/core/error.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// One clock period in picoseconds, of which the kernel's time resolution must be a fraction.
/// Blocks only ever wait whole periods, so cycle counts stay exact although the period itself is
/// rounded.
class ClockPeriod {
 public:
  explicit ClockPeriod(Hertz clock)
      : picoseconds_(static_cast<std::uint64_t>(std::llround(1e12 / clock.count()))) {
    require(picoseconds_ > 0, "a clock period is at least a picosecond");
  }

  [[nodiscard]] sc_core::sc_time of(Cycles cycles) const {
    return {static_cast<double>(cycles.count() * picoseconds_), sc_core::SC_PS};
  }
  [[nodiscard]] Picoseconds length() const {
    return Picoseconds(static_cast<double>(picoseconds_));
  }
  /// Whole periods since the simulation began.
  [[nodiscard]] Cycles now() const { return at(sc_core::sc_time_stamp()); }
  [[nodiscard]] Cycles at(const sc_core::sc_time& time) const {
    return Cycles(time.value() / of(Cycles(1)).value());
  }
  /// The first clock edge not before `time`: others on the bus need not keep our clock.
  [[nodiscard]] sc_core::sc_time edge(const sc_core::sc_time& time) const {
    const Cycles whole = at(time);
    return of(whole) == time ? time : of(whole + Cycles(1));
  }

 private:
  std::uint64_t picoseconds_;
};

}  // namespace brownout::accel
