// SPDX-License-Identifier: Apache-2.0
// Up to where weights are kept when they become integers (layer 2): a smaller span makes finer
// codes, so that a flipped bit moves a weight by less.
#pragma once

#include <optional>
#include <string>

#include "sim/config/section.h"

namespace brownout::models {

/// Largest |weight| to keep.
struct WeightLimit {
  double value = 0;       ///< above 0
  bool is_share = false;  ///< of each layer's largest, at most 1; else a real weight

  /// Scale of codes up to `levels` that a tensor of scale `scale` gets: the smaller span of the
  /// two, exact in float32.
  [[nodiscard]] double limited(double scale, int levels) const;
  [[nodiscard]] std::string text() const;
};

/// `0.1`, a real weight, or `40 %` of each layer's largest; none when the key is not given.
[[nodiscard]] std::optional<WeightLimit> read_weight_limit(config::Section section,
                                                           const std::string& key);

}  // namespace brownout::models
