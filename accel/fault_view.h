// SPDX-License-Identifier: Apache-2.0
// What the datapath reads of activations when some cells fail (layer 3): the failing cells of the
// activation buffers carried over to tensors by their addresses. This is where the fast engine
// learns what the cycle engine finds access by access; weight_view.h does the same for weights.
#pragma once

#include "accel/buffer_faults.h"
#include "accel/fast/fast_graph.h"
#include "accel/program.h"
#include "models/graph.h"

namespace brownout::accel {

/// Masks of a layer's input tensors (ifmap buffer) and of its output (ofmap buffer), in tensor
/// order, and of its partial sums, whose weights the caller fills in; empty where the buffer has no
/// failing cells. A buffer with an error code gives words instead of masks.
[[nodiscard]] NodeFaults activation_faults(const models::Graph& graph, const models::Node& node,
                                           const LayerProgram& layer, const BufferFaults& ifmap,
                                           const BufferFaults& ofmap);

}  // namespace brownout::accel
