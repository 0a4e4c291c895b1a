// SPDX-License-Identifier: Apache-2.0
// What a fault map looks like in a few numbers (layer 2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "memory/validation/probit_fit.h"
#include "memory/validation/sample.h"

namespace brownout::memory::validation {

struct MapNumber {
  std::string name;
  double value = 0;
  std::optional<Interval> interval;  ///< 95 %
  std::string meaning;
};

/// Blocks, structure and curve of the sample's first map, as far as it determines them; spatial
/// numbers at its level.
[[nodiscard]] std::vector<MapNumber> numbers_of(const Sample& sample);

}  // namespace brownout::memory::validation
