// SPDX-License-Identifier: Apache-2.0
// Weights as an integer network will hold them, inside training (layer 2).
#pragma once

#include <torch/torch.h>

#include "models/quantizer/quantize.h"

namespace brownout::models {

/// `weights` rounded to the codes `quantize` stores, times their step: max|W| / (2^(bits-1) - 1)
/// over the tensor or over each output channel (the first dimension). Gradients pass unchanged.
[[nodiscard]] torch::Tensor round_weights(const torch::Tensor& weights,
                                          const QuantizeConfig& config);

}  // namespace brownout::models
