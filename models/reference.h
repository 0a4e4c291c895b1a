// SPDX-License-Identifier: Apache-2.0
// Scalar inference over a whole graph (layer 2): the yardstick for engines, importer and quantiser.
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph.h"
#include "models/reference_ops.h"

namespace brownout::models {

/// What one image leaves behind at every node.
struct Inference {
  /// Output codes of each node in HWC order, empty for a node that gives raw accumulators.
  std::vector<std::vector<std::uint8_t>> codes;
  /// The network's output: accumulators, or codes minus zero point, in HWC order.
  std::vector<std::int32_t> logits;

  friend bool operator==(const Inference& a, const Inference& b) {
    return a.codes == b.codes && a.logits == b.logits;
  }
};

/// What `node`, which gives codes, makes of its inputs.
[[nodiscard]] Activation run_node(const Node& node, const std::vector<const Activation*>& inputs);

/// Runs `graph` on `input` (codes in HWC order) with the definitions of reference_ops.h.
/// Throws InputError when the input's size is wrong.
[[nodiscard]] Inference run_reference(const Graph& graph, const std::vector<std::uint8_t>& input);

/// The class of `logits`: the position of the largest real value, the first among equals.
[[nodiscard]] int classify(const Graph& graph, const std::vector<std::int32_t>& logits);

}  // namespace brownout::models
