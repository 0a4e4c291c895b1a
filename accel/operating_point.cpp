// SPDX-License-Identifier: Apache-2.0
#include "accel/operating_point.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::accel {

VminRatio OperatingPoint::voltage(const std::string& rail) const {
  const auto found = rails_.find(rail);
  if (found != rails_.end()) return found->second;
  std::string known;
  for (const auto& [name, voltage] : rails_) known += (known.empty() ? "" : ", ") + name;
  throw InputError(fmt::format("rail '{}' has no voltage, 'rails' gives: {}", rail, known));
}

OperatingPoint OperatingPoint::with(const std::string& rail, VminRatio voltage) const {
  static_cast<void>(this->voltage(rail));  // must exist
  std::map<std::string, VminRatio> rails = rails_;
  rails[rail] = voltage;
  return OperatingPoint(std::move(rails));
}

memory::PerGroup<double> bit_error_rates(const Machine& machine, const OperatingPoint& point) {
  memory::PerGroup<double> rates;
  for (const memory::GroupId group : memory::kGroups) {
    rates[group] =
        machine.memory.curve.bit_error_rate(point.voltage(machine.accelerator.buffers[group].rail));
  }
  return rates;
}

}  // namespace brownout::accel
