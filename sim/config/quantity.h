// SPDX-License-Identifier: Apache-2.0
// Numbers with units (layer 1, internal): reading `620 mV`, writing it back without loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/config/tree.h"

namespace brownout::config {

/// What a reader did not accept: what it found, and what may have been meant.
struct Rejection {
  std::string found;
  std::string hint;
};

/// 1 unit = 10^power x factor base units; the base unit has power 0 and factor 1.
struct Unit {
  std::string symbol;
  int power = 0;
  std::uint64_t factor = 1;
  /// Other spellings, as `cycle`, are read but not advertised.
  bool listed = true;
};
using UnitFamily = std::vector<Unit>;

/// The units in which a Q may be written.
template <class Q>
[[nodiscard]] const UnitFamily& units_of();

/// V, mV, uV and Vmin.
[[nodiscard]] const UnitFamily& supply_units();

/// `V, mV or uV`.
[[nodiscard]] std::string unit_names(const UnitFamily& units);

/// Reads a number with one of `units`, which `unit` then points to; for real quantities.
[[nodiscard]] std::optional<double> parse_real(const Node& node, const UnitFamily& units,
                                               const Unit*& unit, Rejection& rejection);
/// The same for quantities that are whole numbers of their base unit.
[[nodiscard]] std::optional<std::uint64_t> parse_count(const Node& node, const UnitFamily& units,
                                                       Rejection& rejection);

/// The shortest text that reads as exactly `value` base units, in a unit people would choose.
[[nodiscard]] std::string render_real(double value, const UnitFamily& units);
[[nodiscard]] std::string render_count(std::uint64_t value, const UnitFamily& units);

}  // namespace brownout::config
