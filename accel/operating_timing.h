// SPDX-License-Identifier: Apache-2.0
// What voltage does to time (layer 3): the clock of a run and the cycles of a buffer access, as
// functions of machine and rail voltages only. DRAM keeps its wall time.
#pragma once

#include <cstdint>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "memory/chip.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Cycles a step takes beyond its work because buffers answer late. Accesses are pipelined: a
/// buffer takes one every cycle, and the step waits once for the first.
struct StepLatency {
  std::uint64_t before = 0;  ///< until the first operands are there
  std::uint64_t after = 0;   ///< until the last result is written
};

/// Timing at one set of rail voltages.
struct OperatingTiming {
  Hertz clock{1e9};
  memory::PerGroup<std::uint32_t> access_cycles{1, 1, 1};

  /// Of a step that reads activations and, on the array, weights; `writes` when it has results.
  [[nodiscard]] StepLatency latency(bool is_array, bool writes) const;
};

/// Timing of `machine` at `point`.
///   constant: the configured clock; a buffer takes ceil(access time / clock period) cycles.
///   scaled:   the period stretches to the slowest of array and buffers, in whole picoseconds, and
///             is never shorter than configured; every access takes one cycle.
/// An error code adds its latency to its buffer's accesses.
/// A part without a delay law keeps up with any clock. Throws InputError naming the rail when the
/// array is too slow for a constant clock (and what would work), when a voltage is at or below a
/// threshold, or when the array's rail is below the curve's highest voltage without a delay law.
/// `point` has no schedule.
[[nodiscard]] OperatingTiming operating_timing(const Machine& machine, const OperatingPoint& point);

/// The clock of a run: it does not change on the way, so it suits the slowest voltages of the
/// schedule. Throws as operating_timing.
[[nodiscard]] Hertz run_clock(const Machine& machine, const OperatingPoint& point);

/// How long all rails take from one set of voltages to another, side by side. Throws InputError
/// when a rail changes whose ramp is not configured.
[[nodiscard]] Picoseconds longest_ramp(const Machine& machine, const OperatingPoint& from,
                                       const OperatingPoint& to);
/// And the energy it takes, over all rails.
[[nodiscard]] Picojoules ramp_energy(const Machine& machine, const OperatingPoint& from,
                                     const OperatingPoint& to);

}  // namespace brownout::accel
