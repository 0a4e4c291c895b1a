// SPDX-License-Identifier: Apache-2.0
// Hangs on a rail and reports its voltage (layer 3).
#pragma once

#include <string>
#include <utility>

#include "accel/clock_module.h"
#include "accel/probe.h"
#include "accel/sram_group_module.h"

namespace brownout::accel {

class RailProbe : public RailLoadInterface {
 public:
  RailProbe(std::string rail, Probe& probe, ClockPeriod period)
      : rail_(std::move(rail)), probe_(probe), period_(period) {}

  void supply_changed(VminRatio voltage) override {
    probe_.observer().on_voltage(rail_, voltage, period_.now().count());
  }

 private:
  std::string rail_;
  Probe& probe_;
  ClockPeriod period_;
};

}  // namespace brownout::accel
