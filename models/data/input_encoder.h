// SPDX-License-Identifier: Apache-2.0
// From raw image bytes to a network's input codes (layer 2). Preprocessing and quantisation of a
// byte have only 256 outcomes a channel, so both happen in one table look-up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/data/dataset.h"
#include "models/graph.h"

namespace brownout::models {

/// One image as a float network reads it, HWC: (byte / 255 - mean) / deviation, by channel.
[[nodiscard]] std::vector<float> preprocess(const Dataset& dataset, std::size_t index,
                                            const Preprocessing& preprocessing);

/// Built once per network; `encode` is const and may run on several threads.
class InputEncoder {
 public:
  /// Throws InputError unless the graph's preprocessing has one mean and one positive deviation
  /// per input channel.
  explicit InputEncoder(const Graph& graph);

  /// Input codes of image `index` in HWC order:
  /// clamp(round_half_even(((byte / 255 - mean) / deviation) / scale) + zero_point, 0, 255).
  /// Throws InputError when the data set's images do not have the network's input shape.
  [[nodiscard]] std::vector<std::uint8_t> encode(const Dataset& dataset, std::size_t index) const;

 private:
  Shape shape_;
  std::vector<std::array<std::uint8_t, 256>> tables_;  ///< one per channel
};

}  // namespace brownout::models
