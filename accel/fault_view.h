// SPDX-License-Identifier: Apache-2.0
// What the datapath reads when some cells fail (layer 3): the failing cells of the buffers carried
// over to weights and activations by their addresses. This is where the fast engine learns what
// the cycle engine finds access by access.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/conv_geometry.h"
#include "accel/fast/fast_graph.h"
#include "accel/program.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cells.h"
#include "models/graph.h"

namespace brownout::accel {

/// The failing cells of a buffer and how words lie in it.
struct BufferFaults {
  const memory::SramGeometry& geometry;
  const memory::FaultMask& mask;
};

/// `conv`'s weights, in its order, as read from the filter buffer.
[[nodiscard]] std::vector<std::int8_t> read_weights(const models::Conv& conv,
                                                    const ConvGeometry& geometry,
                                                    const BufferFaults& filter);

/// Masks of a layer's input tensors (ifmap buffer) and of its output (ofmap buffer), in tensor
/// order, and of its partial sums, whose weights the caller fills in; empty where the buffer has no
/// failing cells.
[[nodiscard]] NodeFaults activation_faults(const models::Graph& graph, const models::Node& node,
                                           const LayerProgram& layer, const BufferFaults& ifmap,
                                           const BufferFaults& ofmap);

}  // namespace brownout::accel
