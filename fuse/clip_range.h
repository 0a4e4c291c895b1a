// SPDX-License-Identifier: Apache-2.0
// What [-1, 1] of F(x) = clip[-1,1](x + G(x)) is in a network's own numbers (layer 4).
#pragma once

#include "models/graph.h"

namespace brownout::fuse {

/// In the real values a network reads.
struct ClipRange {
  double lowest = -1;
  double highest = 1;
};

/// What a pixel can be behind `preprocessing`: from the least value any channel gives a byte of 0
/// to the greatest any gives 255. That is [-1, 1] for mean 0.5 and deviation 0.5, as the paper
/// has it, and one interval for all channels whatever the normalisation.
/// Throws InputError when there is no channel.
[[nodiscard]] ClipRange clip_range(const models::Preprocessing& preprocessing);

}  // namespace brownout::fuse
