// SPDX-License-Identifier: Apache-2.0
// Weight clipping (layer 2): limits a layer's weights and spends all codes on what is left, so that
// a flipped bit moves a weight by less. Of a network that is already quantised; published with
// training under the limit (Stutz et al., MLSys 2021), here without.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/quantizer/weight_limit.h"

namespace brownout::models {

/// What clipping did to a layer.
struct ClippedLayer {
  std::string name;
  std::uint64_t weights = 0;
  std::uint64_t clipped = 0;  ///< above the limit
  double signal = 0;          ///< sum of squares of the real weights before
  double noise = 0;           ///< sum of squares of what changed

  [[nodiscard]] double share() const {
    return static_cast<double>(clipped) / static_cast<double>(weights);
  }
  /// Signal to noise in dB; infinite when nothing changed.
  [[nodiscard]] double snr() const;
  ClippedLayer& operator+=(const ClippedLayer& other);
};

/// Requantises every convolution of `graph`; gives one entry for each, in order.
///
/// A real weight is code x scale, one scale a tensor or an output channel. With a limit W below
/// N x scale, N the layer's largest |code|, the new scale is W / N, the new code
/// round(code x scale / new scale) clamped to -N .. N; bias, requantiser and logits follow. Scales
/// not above W / N stay as they are. A share p limits to p N x scale, all scales alike, so that
/// batch norm kept in them does not count. Throws InputError naming the node when the requantiser
/// has no such ratio.
std::vector<ClippedLayer> clip_weights(Graph& graph, const WeightLimit& limit);

}  // namespace brownout::models
