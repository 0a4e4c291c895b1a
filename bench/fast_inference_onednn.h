// SPDX-License-Identifier: Apache-2.0
// The same network on oneDNN's int8 primitives, as the machine's own limit: u8 x s8, requantisation
// as output scales, residual additions fused into the convolution before them, weights reordered
// once. Its roundings differ from ours; only the speed is compared.
#pragma once

#include <memory>

#include "models/graph.h"

namespace brownout::bench {

/// One thread's copy of a residual network (convolutions, additions, one pooling, one linear
/// layer).
class OnednnNetwork {
 public:
  OnednnNetwork(const models::Graph& graph, int batch);
  ~OnednnNetwork();
  OnednnNetwork(const OnednnNetwork&) = delete;
  OnednnNetwork& operator=(const OnednnNetwork&) = delete;

  /// Runs one batch on the calling thread.
  void run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::bench
