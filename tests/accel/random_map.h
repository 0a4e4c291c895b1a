// SPDX-License-Identifier: Apache-2.0
// Measured chips for tests: a random one, and a drawn one written down cell by cell.
#pragma once

#include <cstdint>

#include "memory/map_config.h"
#include "tests/accel/random_scenario.h"

namespace brownout::accel {

/// Blocks of several macros, some more than the buffers need, at every voltage a scenario may have.
/// Levels have nothing to do with each other; directions and failed reads are all kinds.
[[nodiscard]] memory::MapConfig random_map(const Machine& machine, std::uint64_t seed);

/// The same cells as the chip `seed` of the scenario's model, in order.
[[nodiscard]] memory::MapConfig drawn_map(const Scenario& scenario, std::uint64_t seed);

}  // namespace brownout::accel
