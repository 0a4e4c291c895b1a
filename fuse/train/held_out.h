// SPDX-License-Identifier: Apache-2.0
// Images and chips that no step of training sees (layer 4): what an epoch is judged by.
#pragma once

#include <cstddef>
#include <vector>

#include "fuse/train/frozen_model.h"
#include "fuse/train/input_transform.h"
#include "models/data/dataset.h"

namespace brownout::fuse {

/// Images `begin` to `end` - 1.
[[nodiscard]] models::Dataset images_between(const models::Dataset& data, std::size_t begin,
                                             std::size_t end);

/// Shares of images classified correctly.
struct Accuracies {
  double clean = 0;
  double perturbed = 0;  ///< mean over the chips
};

class HeldOut {
 public:
  /// The images of `split` from `first` on; `config` and `base` must outlive it.
  HeldOut(const models::Dataset& split, std::size_t first, const TrainFuseConfig& config,
          const FrozenModel& base);

  /// By the base as libtorch computes it, at the lowest voltage of training; behind `transform`
  /// where it is not null.
  [[nodiscard]] Accuracies accuracies(InputTransform* transform);

 private:
  const TrainFuseConfig& config_;
  const FrozenModel& base_;
  models::Dataset images_;
  std::vector<DifferentiableGraph::Weights> chips_;  ///< read when first needed
};

}  // namespace brownout::fuse
