// SPDX-License-Identifier: Apache-2.0
// Hangs on a rail and reports its voltage (layer 3).
#pragma once

#include <string>

#include "accel/clock_module.h"
#include "accel/probe.h"
#include "accel/sram_group_module.h"

namespace brownout::accel {

class RailProbe : public RailLoadInterface {
 public:
  RailProbe(Probe& probe, ClockPeriod period) : probe_(probe), period_(period) {}

  void supply_changed(const std::string& rail, VminRatio voltage) override {
    probe_.observer().on_voltage(rail, voltage, period_.now().count());
  }

 private:
  Probe& probe_;
  ClockPeriod period_;
};

}  // namespace brownout::accel
