// SPDX-License-Identifier: Apache-2.0
// Published networks as shapes (layer 2): right in every extent, with seeded random weights.
// Timing, traffic, accounting and energy do not depend on what weights say, so they are those of
// the trained network; accuracy is that of a coin.
#pragma once

#include <cstdint>

#include "models/graph.h"
#include "models/zoo/zoo.h"

namespace brownout::models {

/// What the published float network counts. Batch norm is part of our requantiser, so neither its
/// parameters nor its work appear in the graph.
struct FloatCounts {
  std::uint64_t weights = 0;     ///< of convolutions and linear layers
  std::uint64_t biases = 0;      ///< theirs, where the published network has one
  std::uint64_t batch_norm = 0;  ///< trainable gamma and beta, two a channel
  /// Products of convolutions and linear layers; a transposed convolution counts at its output's
  /// resolution.
  std::uint64_t products = 0;
  /// What ptflops adds to products for its "MACs": one per biased output, two per batch-norm
  /// output, one per ReLU and upsampling output, one per pooling input; none for additions,
  /// concatenations and tanh, and none for what is called as a function instead of a module.
  std::uint64_t others = 0;

  [[nodiscard]] std::uint64_t parameters() const { return weights + biases + batch_norm; }
  [[nodiscard]] std::uint64_t macs() const { return products + others; }
};

struct UntrainedNetwork {
  Graph graph;
  FloatCounts counts;
};

/// Any architecture with weights from a fixed seed, and scales by which its activations stay alive.
[[nodiscard]] UntrainedNetwork make_untrained(const Architecture& architecture);

/// One of the zoo; throws InputError as make_architecture does.
[[nodiscard]] UntrainedNetwork make_untrained(const ZooChoice& choice);

}  // namespace brownout::models
