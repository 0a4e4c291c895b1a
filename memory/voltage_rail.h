// SPDX-License-Identifier: Apache-2.0
// A supply rail (layer 2): the voltage its groups share.
#pragma once

#include <string>

#include "sim/core/units.h"

namespace brownout::memory {

/// A named rail at its present voltage.
class VoltageRail {
 public:
  VoltageRail(std::string name, VminRatio voltage);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] VminRatio voltage() const { return voltage_; }
  void set_voltage(VminRatio voltage) { voltage_ = voltage; }

 private:
  std::string name_;
  VminRatio voltage_;
};

}  // namespace brownout::memory
