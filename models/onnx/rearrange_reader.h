// SPDX-License-Identifier: Apache-2.0
// Slice, Pad, Gather, Resize and Upsample of activations to a Rearrange (layer 2).
#pragma once

#include "models/graph.h"
#include "models/onnx/fold.h"

namespace brownout::models::onnx_import {

/// Whether `op` is one of them.
[[nodiscard]] bool is_rearrangement(const std::string& op);

/// What the node does to an activation [1, channels, height, width] of shape `input`, or to a
/// vector [1, channels] where `is_vector`; input 0 of `folding` is null, the others are constants.
/// `zero` is what padding must be filled with: 0 for real values, the zero point for codes. Throws
/// InputError.
struct Rearranged {
  const Shape& input;
  bool is_vector = false;
  double zero = 0;
};
[[nodiscard]] Rearrange read_rearrange(const Folding& folding, const Rearranged& of);

}  // namespace brownout::models::onnx_import
