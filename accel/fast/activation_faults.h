// SPDX-License-Identifier: Apache-2.0
// Failing cells of the activation buffers as the fast engine applies them (layer 3): byte masks
// over the codes a node reads and the codes it leaves. A tensor read by two nodes lies at different
// addresses for each, so each sees it differently.
#pragma once

#include <cstdint>
#include <vector>

namespace brownout::accel {

/// read = (stored & keep) | set, one byte per code in HWC order; both empty: no failing cells.
/// A node that leaves raw accumulators has four bytes per element, little endian.
struct ByteMasks {
  std::vector<std::uint8_t> keep;
  std::vector<std::uint8_t> set;
};

struct NodeFaults {
  std::vector<ByteMasks> inputs;  ///< one per input of the node, or none at all
  ByteMasks output;
};

/// One entry per node of the graph.
using ActivationFaults = std::vector<NodeFaults>;

}  // namespace brownout::accel
