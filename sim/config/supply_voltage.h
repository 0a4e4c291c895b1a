// SPDX-License-Identifier: Apache-2.0
// A supply voltage as users write it (layer 1): in volts, or relative to a memory's Vmin.
#pragma once

namespace brownout::config {

/// `0.62 V` or `0.83 Vmin`; which Vmin is meant is known only to the curve it is used with.
struct SupplyVoltage {
  double value = 1;
  bool relative_to_vmin = true;
};

[[nodiscard]] constexpr bool operator==(const SupplyVoltage& a, const SupplyVoltage& b) {
  return a.value == b.value && a.relative_to_vmin == b.relative_to_vmin;
}
[[nodiscard]] constexpr bool operator!=(const SupplyVoltage& a, const SupplyVoltage& b) {
  return !(a == b);
}

}  // namespace brownout::config
