// SPDX-License-Identifier: Apache-2.0
// Which shares of a buffer's cells fail at its supply and clock (layer 3).
#pragma once

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "memory/chip.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Shares of a buffer's cells failing at `voltage` when the accelerator runs at `clock`: by the
/// curve, at the voltage less the memory's temperature and ageing shifts, and by being slower than
/// the whole clock periods the buffer has for an access. Of a buffer with a map, its level and
/// nothing else. Throws InputError outside the curve, below the delay law's threshold and at
/// voltages the map does not have.
[[nodiscard]] memory::FaultRates fault_rates(const Machine& machine, memory::GroupId group,
                                             VminRatio voltage, Hertz clock);

/// The higher of both, one by one; the level of a map is of no meaning in the result.
[[nodiscard]] memory::FaultRates higher(const memory::FaultRates& a, const memory::FaultRates& b);

/// Of each buffer at the voltage of its rail, the highest along the network: what a chip must be
/// drawn for.
[[nodiscard]] memory::PerGroup<memory::FaultRates> highest_fault_rates(const Machine& machine,
                                                                       const OperatingPoint& point);

/// Share of failing cells of each buffer by any cause, the highest along the network; 0 for those
/// with a map, where it depends on the chip (ChipMaker).
[[nodiscard]] memory::PerGroup<double> bit_error_rates(const Machine& machine,
                                                       const OperatingPoint& point);

/// Buffers that are somewhere along the network at a voltage, or act as if, outside the curve's
/// measured span.
[[nodiscard]] memory::PerGroup<bool> extrapolated(const Machine& machine,
                                                  const OperatingPoint& point);

/// The clock fault_rates() needs at `point`; any clock when no cell depends on it.
[[nodiscard]] Hertz fault_clock(const Machine& machine, const OperatingPoint& point);

}  // namespace brownout::accel
