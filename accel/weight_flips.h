// SPDX-License-Identifier: Apache-2.0
// How many bits of the weights read wrong (layer 3), as the cycle engine finds it: by watching the
// filter buffer's reads. The fast engine compares read with stored weights (weight_view.h).
#pragma once

#include <cstdint>
#include <vector>

#include "accel/observer.h"
#include "accel/program.h"
#include "models/graph.h"

namespace brownout::accel {

/// Bits of all weights as they are stored: eight each, however many the quantiser uses.
[[nodiscard]] std::uint64_t weight_bits(const models::Graph& graph);

/// Watches one image in the cycle engine and counts each weight bit at most once: reads of a layer
/// agree with each other. Bytes of a word that hold no weight do not count.
class WeightFlipCounter : public RunObserver {
 public:
  WeightFlipCounter(const models::Graph& graph, const Program& program);

  void on_access(const Access& access) override;

  /// Of the image, once it is through. Throws SimulationError when some weight was never read.
  [[nodiscard]] std::uint64_t flipped() const;

 private:
  std::uint64_t word_bytes_ = 8;
  /// Of each word of each layer, by fetch position: its bits that belong to weights and were not
  /// read yet.
  std::vector<std::vector<std::uint64_t>> unread_;
  std::uint64_t flipped_ = 0;
};

}  // namespace brownout::accel
