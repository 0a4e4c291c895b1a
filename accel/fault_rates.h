// SPDX-License-Identifier: Apache-2.0
// Which shares of a buffer's cells fail at its supply and clock (layer 3).
#pragma once

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "memory/chip.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Shares failing at `voltage` when the accelerator runs at `clock`: by the curve, at the voltage
/// less the memory's temperature and ageing shifts, and by being slower than the whole clock
/// periods the buffer has for an access. Throws InputError outside the curve and below the delay
/// law's threshold.
[[nodiscard]] memory::FaultRates fault_rates(const Machine& machine, VminRatio voltage,
                                             Hertz clock);

/// Of each buffer at the voltage of its rail, the highest along the network: what a chip must be
/// drawn for.
[[nodiscard]] memory::PerGroup<memory::FaultRates> highest_fault_rates(const Machine& machine,
                                                                       const OperatingPoint& point);

/// Share of failing cells of each buffer by any cause, the highest along the network.
[[nodiscard]] memory::PerGroup<double> bit_error_rates(const Machine& machine,
                                                       const OperatingPoint& point);

/// The clock fault_rates() needs at `point`; any clock when no cell depends on it.
[[nodiscard]] Hertz fault_clock(const Machine& machine, const OperatingPoint& point);

}  // namespace brownout::accel
