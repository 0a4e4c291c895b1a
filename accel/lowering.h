// SPDX-License-Identifier: Apache-2.0
// Lowering (layer 3): a quantised graph becomes a program for a machine.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/program.h"
#include "models/graph.h"

namespace brownout::accel {

/// Throws InputError naming the layer when a buffer cannot hold what one step of it needs.
[[nodiscard]] Program lower(const models::Graph& graph, const Machine& machine);

/// The layer's weights in fetch order, as DMA finds them in DRAM; unused column bytes are zero.
[[nodiscard]] std::vector<std::uint8_t> filter_image(const models::Conv& conv,
                                                     const ConvGeometry& geometry);

}  // namespace brownout::accel
