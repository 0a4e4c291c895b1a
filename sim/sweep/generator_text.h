// SPDX-License-Identifier: Apache-2.0
// A generator's part of a point in words (layer 5), for run, sweep and report.
#pragma once

#include <string>

#include "sim/sweep/point.h"

namespace brownout::sweep {

/// Its cycles, ramps and energy, what an image then takes alone and pipelined, and what is saved by
/// the paper's formula; empty without a generator.
[[nodiscard]] std::string generator_text(const PointResult& result);

}  // namespace brownout::sweep
