// SPDX-License-Identifier: Apache-2.0
// Supply voltages of a run (layer 3).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "memory/chip.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// From `layer` (a node of the graph) on, `rail` is at `voltage`.
struct VoltageChange {
  std::uint32_t layer = 0;
  std::string rail;
  VminRatio voltage;
};

/// Voltage of every rail the accelerator names, at most the curve's highest, and how they change
/// along the network. Images follow each other: what the last layer leaves is what the first one
/// finds, and pays to change.
class OperatingPoint {
 public:
  /// `rails` as the first layer has them. Throws InputError when a change names another rail.
  explicit OperatingPoint(std::map<std::string, VminRatio> rails,
                          std::vector<VoltageChange> schedule = {});

  /// At the first layer. Throws InputError naming the rail when it has no voltage.
  [[nodiscard]] VminRatio voltage(const std::string& rail) const;
  /// At the first layer.
  [[nodiscard]] const std::map<std::string, VminRatio>& rails() const { return rails_; }
  /// Rising layers.
  [[nodiscard]] const std::vector<VoltageChange>& schedule() const { return schedule_; }

  /// What holds at `layer`, without a schedule.
  [[nodiscard]] OperatingPoint at_layer(std::uint32_t layer) const;
  /// What holds before `layer`: at the layer before, for the first one at the end of the schedule.
  [[nodiscard]] OperatingPoint before_layer(std::uint32_t layer) const;
  /// at_layer() of the first layer and of every layer at which something changes.
  [[nodiscard]] std::vector<OperatingPoint> phases() const;

  /// The same with one rail at another voltage from `from_layer` on, before that as it was.
  [[nodiscard]] OperatingPoint with(const std::string& rail, VminRatio voltage,
                                    std::uint32_t from_layer = 0) const;

 private:
  std::map<std::string, VminRatio> rails_;
  std::vector<VoltageChange> schedule_;
};

}  // namespace brownout::accel
