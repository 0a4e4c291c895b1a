// SPDX-License-Identifier: Apache-2.0
// From what an engine did to the row that reports it (layer 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "accel/operating_point.h"
#include "accel/run_statistics.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/point.h"

namespace brownout::sweep {

/// `statistics` are of one image at `rails`; `engine` as points.csv names it.
[[nodiscard]] PointResult make_result(const Experiment& experiment, const Point& point,
                                      const accel::OperatingPoint& rails,
                                      const accel::RunStatistics& statistics,
                                      const std::string& engine);

/// Whether `logits` are those of image `index`'s class.
[[nodiscard]] bool is_correct(const Experiment& experiment, std::size_t index,
                              const std::vector<std::int32_t>& logits);

}  // namespace brownout::sweep
