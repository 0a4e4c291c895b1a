// SPDX-License-Identifier: Apache-2.0
#include "accel/operating_point.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/core/error.h"

namespace brownout::accel {

OperatingPoint::OperatingPoint(std::map<std::string, VminRatio> rails,
                               std::vector<VoltageChange> schedule)
    : rails_(std::move(rails)), schedule_(std::move(schedule)) {
  std::stable_sort(
      schedule_.begin(), schedule_.end(),
      [](const VoltageChange& a, const VoltageChange& b) { return a.layer < b.layer; });
  for (const VoltageChange& change : schedule_) static_cast<void>(voltage(change.rail));
}

VminRatio OperatingPoint::voltage(const std::string& rail) const {
  const auto found = rails_.find(rail);
  if (found != rails_.end()) return found->second;
  std::string known;
  for (const auto& [name, voltage] : rails_) known += (known.empty() ? "" : ", ") + name;
  throw InputError(fmt::format("rail '{}' has no voltage, 'rails' gives: {}", rail, known));
}

OperatingPoint OperatingPoint::at_layer(std::uint32_t layer) const {
  std::map<std::string, VminRatio> rails = rails_;
  for (const VoltageChange& change : schedule_) {
    if (change.layer <= layer) rails[change.rail] = change.voltage;
  }
  return OperatingPoint(std::move(rails));
}

OperatingPoint OperatingPoint::before_layer(std::uint32_t layer) const {
  return at_layer(layer == 0 ? UINT32_MAX : layer - 1);
}

std::vector<OperatingPoint> OperatingPoint::phases() const {
  std::vector<OperatingPoint> phases = {at_layer(0)};
  std::uint32_t last = 0;
  for (const VoltageChange& change : schedule_) {
    if (change.layer != last) phases.push_back(at_layer(change.layer));
    last = change.layer;
  }
  return phases;
}

OperatingPoint OperatingPoint::with(const std::string& rail, VminRatio voltage,
                                    std::uint32_t from_layer) const {
  static_cast<void>(this->voltage(rail));  // must exist
  std::map<std::string, VminRatio> rails = rails_;
  std::vector<VoltageChange> schedule;
  for (const VoltageChange& change : schedule_) {
    if (change.rail != rail || change.layer < from_layer) schedule.push_back(change);
  }
  if (from_layer == 0) {
    rails[rail] = voltage;
  } else {
    schedule.push_back({from_layer, rail, voltage});
  }
  return OperatingPoint(std::move(rails), std::move(schedule));
}

}  // namespace brownout::accel
