// SPDX-License-Identifier: Apache-2.0
// A random network, machine, set of voltages and image: what the engines are compared on. Buffers
// are small enough that layers wrap around and are fetched again.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/chip.h"
#include "models/graph.h"
#include "tests/accel/machine_fixture.h"

namespace brownout::accel {

struct Scenario {
  models::Graph graph;
  Machine machine;
  OperatingPoint point;
  std::vector<std::uint8_t> input;
};

/// Gives a share of the buffers an error code that suits the machine's words.
void protect(Machine& machine, std::uint64_t seed, double share);

[[nodiscard]] Scenario scenario(std::uint64_t seed);

[[nodiscard]] memory::Chip chip_for(const Scenario& scenario, std::uint64_t seed);

}  // namespace brownout::accel
