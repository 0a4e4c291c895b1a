// SPDX-License-Identifier: Apache-2.0
// Which shares of a buffer's cells fail at its supply and clock (layer 3).
#pragma once

#include <vector>

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

/// Shares a test at `voltage` finds failing: as above at the configured clock, without the shifts.
[[nodiscard]] memory::FaultRates tested_rates(const Machine& machine, VminRatio voltage);

/// Voltages of a buffer's own bank and of the one of its safe bits.
struct BufferSupply {
  VminRatio own;
  VminRatio safe;
};
/// Throws as OperatingPoint::voltage.
[[nodiscard]] BufferSupply buffer_supply(const BufferConfig& buffer, const OperatingPoint& point);

/// fault_rates() of both banks.
[[nodiscard]] memory::BufferRates buffer_rates(const Machine& machine, memory::GroupId group,
                                               const BufferSupply& supply, Hertz clock);

/// Of each buffer at the voltages of its rails, the highest along the network: what a chip must be
/// drawn for.
[[nodiscard]] memory::PerGroup<memory::BufferRates> highest_fault_rates(
    const Machine& machine, const OperatingPoint& point);
/// The highest at any of `points`.
[[nodiscard]] memory::PerGroup<memory::BufferRates> highest_fault_rates(
    const Machine& machine, const std::vector<OperatingPoint>& points);

/// Share of failing cells of each buffer by any cause, the highest along the network: of the cells
/// of its words, before repair; 0 for those with a map, where it depends on the chip (ChipMaker).
[[nodiscard]] memory::PerGroup<double> bit_error_rates(const Machine& machine,
                                                       const OperatingPoint& point);

/// Buffers that are somewhere along the network at a voltage, or act as if, outside the curve's
/// measured span.
[[nodiscard]] memory::PerGroup<bool> extrapolated(const Machine& machine,
                                                  const OperatingPoint& point);

/// The clock fault_rates() needs at `point`; any clock when no cell depends on it.
[[nodiscard]] Hertz fault_clock(const Machine& machine, const OperatingPoint& point);

}  // namespace brownout::accel
