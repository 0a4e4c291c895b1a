// SPDX-License-Identifier: Apache-2.0
#include "accel/operating_timing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using memory::DelayLaw;
using memory::GroupId;

Picoseconds period_of(Hertz clock) { return duration(Cycles(1), clock); }

Picoseconds delay_at(const DelayLaw& law, const std::string& rail, VminRatio voltage) {
  try {
    return law.at(voltage);
  } catch (const InputError& error) {
    throw InputError(fmt::format("rail '{}': {}", rail, error.what()));
  }
}

/// Delay of the array at its rail's voltage; zero without a law.
Picoseconds array_delay(const Machine& machine, const OperatingPoint& point) {
  const ArrayConfig& array = machine.accelerator.array;
  const VminRatio voltage = point.voltage(array.rail);
  if (array.delay) return delay_at(*array.delay, array.rail, voltage);
  const VminRatio highest = machine.memory.curve.reference();
  if (voltage < highest) {
    throw InputError(
        fmt::format("rail '{}': found {} Vmin for the array, allowed: {} Vmin, because without "
                    "accelerator.array.delay its delay at a lower voltage is not known",
                    array.rail, voltage.count(), highest.count()));
  }
  return Picoseconds(0);
}

Picoseconds access_time(const Machine& machine, const OperatingPoint& point, GroupId group) {
  if (!machine.memory.delay) return Picoseconds(0);
  Picoseconds slowest;
  for (const std::string& rail : machine.accelerator.buffers[group].rails()) {
    slowest = std::max(slowest, delay_at(*machine.memory.delay, rail, point.voltage(rail)));
  }
  return slowest;
}

void check_array(const Machine& machine, const OperatingPoint& point, Picoseconds delay) {
  const ArrayConfig& array = machine.accelerator.array;
  const Picoseconds period = period_of(machine.accelerator.clock);
  if (delay <= period) return;
  const VminRatio highest = machine.memory.curve.reference();
  const VminRatio lowest = array.delay->lowest_within(period, highest);
  const std::string voltage = array.delay->at(lowest) <= period
                                  ? fmt::format("at least {:.4f} Vmin, ", lowest.count())
                                  : "";
  throw InputError(fmt::format(
      "rail '{}': found {} Vmin, where the array's slowest path takes {:.1f} ps of a period of "
      "{:.1f} ps, allowed: {}a clock of at most {:.4f} GHz, or 'clocking: scaled'",
      array.rail, point.voltage(array.rail).count(), delay.count(), period.count(), voltage,
      std::floor(1e7 / delay.count()) / 1e4));
}

/// Cycles of an access: those of the cells, and those of the error code.
void add_coding(OperatingTiming& timing, const AcceleratorConfig& accelerator) {
  for (const GroupId group : memory::kGroups) {
    timing.access_cycles[group] += accelerator.buffers[group].ecc.latency;
  }
}

/// Whole clock periods in which an access is done.
std::uint32_t cycles_of(Picoseconds access, Picoseconds period) {
  // A whole multiple of the period must not become one more by rounding.
  constexpr double kRounding = 1e-9;
  constexpr double kMost = 1e6;
  const double periods = access / period;
  if (periods > kMost) {
    throw InputError(fmt::format(
        "a buffer access takes {:.0f} clock periods, allowed: up to {:.0f}", periods, kMost));
  }
  return std::max(1U, static_cast<std::uint32_t>(std::ceil(periods - kRounding)));
}

const memory::RampConfig& ramp_of(const Machine& machine, const std::string& rail) {
  const auto found = machine.ramps.find(rail);
  if (found != machine.ramps.end()) return found->second;
  throw InputError(
      fmt::format("rail '{}' changes its voltage, required: rails.{}.ramp", rail, rail));
}

}  // namespace

StepLatency OperatingTiming::latency(bool is_array, bool writes) const {
  const std::uint32_t ifmap = access_cycles[GroupId::kIfmap];
  const std::uint32_t reads = is_array ? std::max(ifmap, access_cycles[GroupId::kFilter]) : ifmap;
  return {reads - 1, writes ? access_cycles[GroupId::kOfmap] - 1 : 0};
}

OperatingTiming operating_timing(const Machine& machine, const OperatingPoint& point) {
  const Picoseconds array = array_delay(machine, point);
  OperatingTiming timing;
  timing.clock = machine.accelerator.clock;
  const Picoseconds period = period_of(timing.clock);
  if (machine.accelerator.clocking == Clocking::kScaled) {
    Picoseconds slowest = array;
    for (const GroupId group : memory::kGroups) {
      slowest = std::max(slowest, access_time(machine, point, group));
    }
    if (slowest > period) timing.clock = Hertz(1e12 / std::ceil(slowest.count()));
    add_coding(timing, machine.accelerator);
    return timing;
  }
  check_array(machine, point, array);
  for (const GroupId group : memory::kGroups) {
    timing.access_cycles[group] = cycles_of(access_time(machine, point, group), period);
  }
  add_coding(timing, machine.accelerator);
  return timing;
}

Hertz run_clock(const Machine& machine, const OperatingPoint& point) {
  Hertz slowest = machine.accelerator.clock;
  for (const OperatingPoint& phase : point.phases()) {
    slowest = std::min(slowest, operating_timing(machine, phase).clock);
  }
  return slowest;
}

Picoseconds longest_ramp(const Machine& machine, const OperatingPoint& from,
                         const OperatingPoint& to) {
  Picoseconds longest;
  for (const auto& [rail, voltage] : to.rails()) {
    const VminRatio before = from.voltage(rail);
    if (before != voltage)
      longest = std::max(longest, ramp_of(machine, rail).time(before, voltage));
  }
  return longest;
}

Picojoules ramp_energy(const Machine& machine, const OperatingPoint& from,
                       const OperatingPoint& to) {
  Picojoules sum;
  for (const auto& [rail, voltage] : to.rails()) {
    const VminRatio before = from.voltage(rail);
    if (before != voltage) sum += ramp_of(machine, rail).energy(before, voltage);
  }
  return sum;
}

}  // namespace brownout::accel
