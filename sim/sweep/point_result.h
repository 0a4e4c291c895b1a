// SPDX-License-Identifier: Apache-2.0
// From what an engine did to the row that reports it (layer 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "accel/operating_point.h"
#include "fuse/image_cost.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/layer_table.h"
#include "sim/sweep/point.h"

namespace brownout::sweep {

/// What an engine found over a point's images.
struct Tally {
  std::size_t correct = 0;                ///< images
  std::uint64_t flipped_weight_bits = 0;  ///< sum over images
  std::uint64_t weight_bits = 0;          ///< of the network they were counted in
};

/// Puts it into `result`, whose point says how many images there were.
void set_tally(PointResult& result, const Tally& tally);

/// `cost` is that of one image at `rails`; `engine` as points.csv names it.
[[nodiscard]] PointResult make_result(const Experiment& experiment, const Point& point,
                                      const accel::OperatingPoint& rails,
                                      const fuse::ImageCost& cost, const std::string& engine);

/// SCALE-Sim's counts of the layers of an image's cost; empty unless the accelerator's accounting
/// asks for them.
[[nodiscard]] ScaleSimLayers scale_sim_of(const Experiment& experiment);

/// Whether `logits` are those of image `index`'s class.
[[nodiscard]] bool is_correct(const Experiment& experiment, std::size_t index,
                              const std::vector<std::int32_t>& logits);

}  // namespace brownout::sweep
