// SPDX-License-Identifier: Apache-2.0
#include "accel/fault_rates.h"

#include <algorithm>
#include <cmath>

#include "accel/operating_timing.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

/// Share of cells slower than the cycles their buffer has for an access.
double too_slow(const Machine& machine, VminRatio voltage, Hertz clock) {
  constexpr double kRounding = 1e-9;  // as operating_timing
  require(machine.memory.delay.has_value(), "access_time faults need a delay law");
  const Picoseconds delay = machine.memory.delay->at(voltage);
  const Picoseconds period(1e12 / clock.count());
  const double cycles = std::max(1.0, std::ceil(delay / period - kRounding));
  return machine.memory.faults.access_time->rate(delay, period * cycles);
}

/// The voltage at which the curve's cells fail as they do at `voltage` now. Without shifts the very
/// voltage, so that measured points stay exact.
VminRatio acts_as(const memory::FaultConfig& faults, VminRatio voltage) {
  const double shift = faults.shift.total().count();
  return shift == 0 ? voltage : VminRatio(voltage.count() - shift);
}

/// Shares at a voltage that acts as `acting`.
memory::FaultRates rates_at(const Machine& machine, VminRatio voltage, VminRatio acting,
                            Hertz clock) {
  memory::FaultRates rates(machine.memory.curve.bit_error_rate(acting));
  if (machine.memory.faults.access_time) rates.access_time = too_slow(machine, voltage, clock);
  return rates;
}

}  // namespace

memory::FaultRates fault_rates(const Machine& machine, memory::GroupId group, VminRatio voltage,
                               Hertz clock) {
  if (machine.memory.faults.is_measured(group)) {
    memory::FaultRates rates;
    rates.level = machine.memory.faults.map->level_at(voltage);
    return rates;
  }
  return rates_at(machine, voltage, acts_as(machine.memory.faults, voltage), clock);
}

memory::FaultRates tested_rates(const Machine& machine, VminRatio voltage) {
  return rates_at(machine, voltage, voltage, machine.accelerator.clock);
}

BufferSupply buffer_supply(const BufferConfig& buffer, const OperatingPoint& point) {
  return {point.voltage(buffer.rail), point.voltage(buffer.safe_rail())};
}

memory::BufferRates buffer_rates(const Machine& machine, memory::GroupId group,
                                 const BufferSupply& supply, Hertz clock) {
  return {fault_rates(machine, group, supply.own, clock),
          fault_rates(machine, group, supply.safe, clock)};
}

Hertz fault_clock(const Machine& machine, const OperatingPoint& point) {
  return machine.memory.faults.access_time ? run_clock(machine, point) : machine.accelerator.clock;
}

memory::PerGroup<memory::BufferRates> highest_fault_rates(const Machine& machine,
                                                          const OperatingPoint& point) {
  memory::PerGroup<memory::BufferRates> rates;
  const Hertz clock = fault_clock(machine, point);
  for (const OperatingPoint& phase : point.phases()) {
    for (const memory::GroupId group : memory::kGroups) {
      const BufferConfig& buffer = machine.accelerator.buffers[group];
      rates[group] = memory::highest(
          rates[group], buffer_rates(machine, group, buffer_supply(buffer, phase), clock));
    }
  }
  return rates;
}

memory::PerGroup<memory::BufferRates> highest_fault_rates(
    const Machine& machine, const std::vector<OperatingPoint>& points) {
  memory::PerGroup<memory::BufferRates> highest;
  for (const OperatingPoint& point : points) {
    const auto rates = highest_fault_rates(machine, point);
    for (const memory::GroupId group : memory::kGroups) {
      highest[group] = memory::highest(highest[group], rates[group]);
    }
  }
  return highest;
}

memory::PerGroup<double> bit_error_rates(const Machine& machine, const OperatingPoint& point) {
  memory::PerGroup<double> rates(0.0, 0.0, 0.0);
  const Hertz clock = fault_clock(machine, point);
  for (const OperatingPoint& phase : point.phases()) {
    for (const memory::GroupId group : memory::kGroups) {
      const BufferConfig& buffer = machine.accelerator.buffers[group];
      const auto banks = buffer_rates(machine, group, buffer_supply(buffer, phase), clock);
      const double safe = buffer.safe_bits ? buffer.safe_bits->count / 8.0 : 0;
      rates[group] =
          std::max(rates[group], banks.own.total() * (1 - safe) + banks.safe.total() * safe);
    }
  }
  return rates;
}

memory::PerGroup<bool> extrapolated(const Machine& machine, const OperatingPoint& point) {
  const memory::VoltageCurve& curve = machine.memory.curve;
  memory::PerGroup<bool> beyond(false, false, false);
  for (const OperatingPoint& phase : point.phases()) {
    for (const memory::GroupId group : memory::kGroups) {
      const memory::FaultConfig& faults = machine.memory.faults;
      for (const std::string& rail : machine.accelerator.buffers[group].rails()) {
        const VminRatio voltage = phase.voltage(rail);
        // A measured map has its own voltages: the curve then gives energies only.
        const VminRatio acts = faults.is_measured(group) ? voltage : acts_as(faults, voltage);
        if (!curve.is_measured(voltage) || !curve.is_measured(acts)) beyond[group] = true;
      }
    }
  }
  return beyond;
}

}  // namespace brownout::accel
