// SPDX-License-Identifier: Apache-2.0
// Failing cells of the activation buffers as the fast engine applies them (layer 3): byte masks
// over the codes a node reads and the codes it leaves. A tensor read by two nodes lies at different
// addresses for each, so each sees it differently.
#pragma once

#include <cstdint>
#include <vector>

namespace brownout::accel {

/// read = (stored & keep) ^ flip, one byte per code in HWC order; both empty: no failing cells.
/// A node that leaves raw accumulators has four bytes per element, little endian.
struct ByteMasks {
  std::vector<std::uint8_t> keep;
  std::vector<std::uint8_t> flip;
};

/// A sum whose partial sums lie in failing cells: read = (stored & keep) ^ flip.
struct FaultySum {
  std::uint64_t element = 0;  ///< of the output tensor, HWC
  std::uint32_t keep = 0;
  std::uint32_t flip = 0;
};

/// Partial sums of a convolution that pass through the ofmap buffer after every `k_tile` kernel
/// elements (taps outermost, channels innermost) but the last ones.
struct PartialSumFaults {
  std::vector<FaultySum> sums;
  std::uint32_t k_tile = 0;
  std::vector<std::int8_t> weights;  ///< as read, in the order of models::Conv::weights
};

struct NodeFaults {
  std::vector<ByteMasks> inputs;  ///< one per input of the node, or none at all
  ByteMasks output;
  PartialSumFaults partial_sums;
};

/// One entry per node of the graph.
using ActivationFaults = std::vector<NodeFaults>;

}  // namespace brownout::accel
