// SPDX-License-Identifier: Apache-2.0
// A random network behind a random generator on random machines: what placements are tested on.
#pragma once

#include <cstdint>
#include <vector>

#include "fuse/stage.h"
#include "memory/chip.h"
#include "models/graph.h"
#include "tests/accel/random_scenario.h"

namespace brownout::fuse {

struct FusedScenario {
  accel::Scenario alone;  ///< the base network without generator
  Stage stage;
  models::Graph network;        ///< on the base's accelerator
  accel::OperatingPoint point;  ///< of it

  [[nodiscard]] memory::Chip chip(std::uint64_t seed) const {
    return accel::chip_at(alone.machine, ChipId(seed), point);
  }
};

/// The stage at the voltage `raised`; its array, if it has one of its own, is another.
[[nodiscard]] FusedScenario fuse_scenario(accel::Scenario alone, models::Graph generator,
                                          Placement placement, double raised = 1);

/// All of it from `seed`; one stage in four runs where cells fail.
[[nodiscard]] FusedScenario fused_scenario(std::uint64_t seed, Placement placement);

}  // namespace brownout::fuse
