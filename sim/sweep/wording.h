// SPDX-License-Identifier: Apache-2.0
// How results are worded for people (layer 5): labels, units and rounding, the same on the terminal
// and in the report.
#pragma once

#include <cstdint>
#include <string>

#include "memory/chip.h"
#include "sim/core/units.h"

namespace brownout::sweep {

/// A unit in which an energy reads well.
struct EnergyUnit {
  const char* name = "pJ";
  double picojoules = 1;

  /// At three decimals; without the unit.
  [[nodiscard]] std::string text(Picojoules energy) const;
  [[nodiscard]] double value(Picojoules energy) const { return energy.count() / picojoules; }
};
/// The one that puts `largest` between 1 and 1000.
[[nodiscard]] EnergyUnit energy_unit(Picojoules largest);

/// 0.9123 as 91.23 at two decimals.
[[nodiscard]] std::string percent(double share, int decimals);
/// A bit-error rate: 0 or as 1.11e-02.
[[nodiscard]] std::string rate(double rate);
/// 1234567 as 1,234,567.
[[nodiscard]] std::string thousands(std::uint64_t count);
/// A time in ns, us or ms.
[[nodiscard]] std::string time_text(Picoseconds time);

/// `weights` for the filter buffer.
[[nodiscard]] const char* buffer_label(memory::GroupId group);
/// `weights and outputs`; empty when there are none.
[[nodiscard]] std::string buffer_labels(const memory::PerGroup<bool>& groups);
/// `weight SRAM` for the component filter_sram; unknown ones keep their name.
[[nodiscard]] std::string component_label(const std::string& component);
/// `stall: weights` for the statistic cycles_stall_filter; unknown ones lose their prefix.
[[nodiscard]] std::string activity_label(const std::string& statistic);

}  // namespace brownout::sweep
