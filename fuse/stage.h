// SPDX-License-Identifier: Apache-2.0
// A front-end stage ready to simulate (layer 4): its generator loaded and joined to the base
// network, its machine and its voltages.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "fuse/stage_config.h"
#include "memory/chip.h"
#include "memory/memory_config.h"
#include "models/graph.h"
#include "sim/core/index.h"

namespace brownout::fuse {

/// Where the stage's voltages are known: with the machine, before the network.
struct StageSetup {
  StageConfig config;
  /// Placement dedicated: its own machine, another chip of the base's memory. Otherwise unused.
  accel::Machine machine;
  /// While the generator runs, of its own machine or of the base's; placement host has none.
  accel::OperatingPoint rails{{}};
};

/// The memory of a chip of its own: drawn from the curve by address, nothing measured or placed.
[[nodiscard]] memory::MemoryConfig own_memory(memory::MemoryConfig base);

struct Stage {
  StageSetup setup;
  models::Graph generator;
  models::Graph front;  ///< make_front()
  models::Graph base;   ///< the network without it

  [[nodiscard]] Placement placement() const { return setup.config.placement; }
  /// Layers of the stage in the network that the base's accelerator runs.
  [[nodiscard]] std::uint32_t layers_on_array() const {
    return placement() == Placement::kArray ? static_cast<std::uint32_t>(front.nodes.size()) : 0;
  }
};

/// Throws InputError when the generator does not fit `base`.
[[nodiscard]] Stage make_stage(StageSetup setup, models::Graph generator,
                               const models::Graph& base);
/// Loads the generator. Throws InputError also when its file cannot be read.
[[nodiscard]] Stage make_stage(StageSetup setup, const models::Graph& base);

/// The dedicated stage's chip beside chip `base`, drawn with a seed no configuration can name.
[[nodiscard]] memory::Chip make_stage_chip(const Stage& stage, ChipId base);

/// What the base's accelerator runs: both for placement array, else the base network.
[[nodiscard]] models::Graph network_on_array(const Stage& stage);

/// `base` with the rails as `raised` says for the first `layers` layers. The changes of `base`
/// count those layers too; its first voltages hold from layer `layers` on.
[[nodiscard]] accel::OperatingPoint raised_for_stage(const accel::OperatingPoint& base,
                                                     const accel::OperatingPoint& raised,
                                                     std::uint32_t layers);

/// What holds from layer `first` on, as of a network that begins there.
[[nodiscard]] accel::OperatingPoint from_layer(const accel::OperatingPoint& point,
                                               std::uint32_t first);

}  // namespace brownout::fuse
