// SPDX-License-Identifier: Apache-2.0
// The quantiser (layer 2): float network and activation ranges to the integer network, by the
// numerics of DESIGN section 4.
//
// Stored weights are the trained ones, round(W / s_w) with s_w = max|W| / (2^(bits-1) - 1), or a
// smaller step that lets some weights saturate (weight_step.h, weight_limit.h); batch
// norm goes into each output channel's requantisation. With gain k = gamma / sqrt(var + eps), the
// channel's effective weight scale is s_w * |k|, and a negative k flips the sign of its codes.
#pragma once

#include <optional>
#include <vector>

#include "models/graph.h"
#include "models/quantizer/calibrate.h"
#include "models/quantizer/float_network.h"
#include "models/quantizer/weight_limit.h"
#include "models/quantizer/weight_step.h"

namespace brownout::models {

struct QuantizeConfig {
  int weight_bits = 8;       ///< 2..8
  bool per_channel = false;  ///< one weight scale per output channel instead of one per tensor
  WeightSpan span = {};      ///< how the scale follows from the weights
  std::optional<WeightLimit> clip = {};  ///< and a limit of what is kept, whatever they are
  /// The result are codes, whatever the last layer is: an image, not logits.
  bool coded_output = false;
};

/// Quantises `network`; where the last node is a conv or linear layer without ReLU, its int32
/// accumulators stay as logits unless `config` asks for codes, otherwise the result are codes.
/// `ranges` as from `Calibrator::ranges()`. Throws InputError.
///
/// A gain too small for the fixed-point multiplier (gamma = 0 included) is raised to where the
/// channel's weights move its output by a fraction of a code; the channel is then the constant its
/// offset says, and its stored weights stay as trained.
[[nodiscard]] Graph quantize(const FloatNetwork& network, const std::vector<Range>& ranges,
                             const QuantizeConfig& config);

}  // namespace brownout::models
