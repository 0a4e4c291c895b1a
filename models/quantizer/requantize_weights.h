// SPDX-License-Identifier: Apache-2.0
// Other codes for the weights of a network that is already quantised (layer 2). Clipping limits a
// layer's weights and spends all codes on what is left, so that a flipped bit moves a weight by
// less; published with training under the limit (Stutz et al., MLSys 2021), here without. Reduced
// precision leaves fewer codes, so that a flipped bit moves a weight by more of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/quantizer/weight_limit.h"

namespace brownout::models {

/// What new codes did to a layer.
struct RequantizedLayer {
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
  RequantizedLayer& operator+=(const RequantizedLayer& other);
};

/// Requantises every convolution of `graph`; gives one entry for each, in order.
///
/// A real weight is code x scale, one scale a tensor or an output channel. With a limit W below
/// N x scale, N the layer's largest |code|, the new scale is W / N, the new code
/// round(code x scale / new scale) clamped to -N .. N; bias, requantiser and logits follow. Scales
/// not above W / N stay as they are. A share p limits to p N x scale, all scales alike, so that
/// batch norm kept in them does not count. Throws InputError naming the node when the requantiser
/// has no such ratio.
std::vector<RequantizedLayer> clip_weights(Graph& graph, const WeightLimit& limit);

/// The same with codes of `bits` (2 to 8), symmetric and one step for all that shared one: with N
/// as above and L = 2^(bits - 1) - 1, round(code x L / N) is in the upper bits of the weight's byte
/// and zeros below. Cells of the bits below fail like others, and move a weight by less than a
/// step.
std::vector<RequantizedLayer> reduce_precision(Graph& graph, int bits);

}  // namespace brownout::models
