// SPDX-License-Identifier: Apache-2.0
// The range a number of the configuration may have (layer 1), in the base unit of its quantity.
// Doubles serve integers too: limits are whole numbers below 2^53, or none.
#pragma once

#include <limits>

namespace brownout::config {

/// A closed interval, or with `lowest_excluded` one open at its lower end.
struct Limits {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
  bool lowest_excluded = false;

  [[nodiscard]] constexpr bool contain(double value) const {
    return (lowest_excluded ? value > lowest : value >= lowest) && value <= highest;
  }
};

[[nodiscard]] constexpr Limits anything() { return {}; }
[[nodiscard]] constexpr Limits at_least(double lowest) {
  return {lowest, std::numeric_limits<double>::infinity(), false};
}
[[nodiscard]] constexpr Limits above(double lowest) {
  return {lowest, std::numeric_limits<double>::infinity(), true};
}
[[nodiscard]] constexpr Limits between(double lowest, double highest) {
  return {lowest, highest, false};
}

}  // namespace brownout::config
