// SPDX-License-Identifier: Apache-2.0
// Supply voltages of a run (layer 3).
#pragma once

#include <map>
#include <string>

#include "accel/accelerator_config.h"
#include "memory/chip.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Voltage of every rail the accelerator names, at most the curve's highest.
class OperatingPoint {
 public:
  explicit OperatingPoint(std::map<std::string, VminRatio> rails) : rails_(std::move(rails)) {}

  /// Throws InputError naming the rail when it has no voltage.
  [[nodiscard]] VminRatio voltage(const std::string& rail) const;
  [[nodiscard]] const std::map<std::string, VminRatio>& rails() const { return rails_; }

  /// The same with one rail at another voltage.
  [[nodiscard]] OperatingPoint with(const std::string& rail, VminRatio voltage) const;

 private:
  std::map<std::string, VminRatio> rails_;
};

/// Bit-error rate of each buffer at the voltage of its rail.
[[nodiscard]] memory::PerGroup<double> bit_error_rates(const Machine& machine,
                                                       const OperatingPoint& point);

}  // namespace brownout::accel
