// SPDX-License-Identifier: Apache-2.0
// Both engines on one scenario: what mechanisms and protections are tested by.
#pragma once

#include <cstdint>

#include "tests/accel/random_scenario.h"

namespace brownout::accel {

/// Scenario of `seed` with these faults, on one set of voltages where cells have to hold data. This
/// share of its buffers have an error code.
[[nodiscard]] Scenario scenario_with(std::uint64_t seed, const memory::FaultConfig& faults,
                                     double coded_share = 0);

/// Runs images 0 to 2 in both engines and expects the same of them; gives how many of the first
/// image's nodes differ from fault-free ones, or -1 when the network does not fit the machine.
[[nodiscard]] int compare_engines(const Scenario& scenario, std::uint64_t seed);

}  // namespace brownout::accel
