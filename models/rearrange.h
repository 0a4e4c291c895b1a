// SPDX-License-Identifier: Apache-2.0
// Rearrangements by what people call them (layer 2): slices, padding, repeated pixels, and one
// after another.
#pragma once

#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// Indices 0 to extent - 1.
[[nodiscard]] std::vector<int> every(int extent);

/// Every element where it is.
[[nodiscard]] Rearrange identity(const Shape& input);

/// Every pixel repeated, as nearest-neighbour upsampling by whole factors.
[[nodiscard]] Rearrange upsampled(const Shape& input, int factor_h, int factor_w);

/// The factors where the rearrangement is `upsampled` by some, else 0.
struct UpsamplingFactors {
  int height = 0;
  int width = 0;
};
[[nodiscard]] UpsamplingFactors upsampling_of(const Rearrange& rearrange, const Shape& input);

/// `second` of what `first` leaves.
[[nodiscard]] Rearrange composed(const Rearrange& first, const Rearrange& second);

/// The same network with every rearrangement that reads another one's result, and is its only
/// reader, taken together with it, and those that move nothing taken out.
[[nodiscard]] Graph merge_rearrangements(Graph graph);

}  // namespace brownout::models
