// SPDX-License-Identifier: Apache-2.0
// Points of variants with made-up figures, for tests.
#pragma once

#include <string>

#include "sim/sweep/variant_table.h"

namespace brownout::sweep {

inline VariantPoint point(const std::string& variant, double voltage, double mean, double energy) {
  VariantPoint p;
  p.variant = variant;
  p.voltage = VminRatio(voltage);
  p.chips = 3;
  p.images = 50;
  p.mean = mean;
  p.deviation = 0.01;
  p.lowest = mean - 0.02;
  p.highest = mean + 0.02;
  p.cycles = Cycles(1234);
  p.time = Picoseconds(1.5e6);
  p.energy = Picojoules(energy);
  p.buffers = Picojoules(energy / 3);
  p.buffer_bits = 4096;
  return p;
}

inline VariantPoint reference(const std::string& variant, double mean, double energy) {
  VariantPoint p = point(variant, 1, mean, energy);
  p.is_reference = true;
  return p;
}

}  // namespace brownout::sweep
