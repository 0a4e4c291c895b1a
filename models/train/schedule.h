// SPDX-License-Identifier: Apache-2.0
// What follows from the config alone while training (layer 2). Free of libtorch.
#pragma once

#include <cstdint>
#include <string>

#include "models/data/dataset.h"
#include "models/train/base_config.h"

namespace brownout::models {

/// The schedule at `step` of a run whose epochs have `steps_per_epoch` steps.
[[nodiscard]] double learning_rate(const OptimizationConfig& config, std::int64_t step,
                                   std::int64_t steps_per_epoch);

/// Whether convolutions run in bfloat16 on this processor.
[[nodiscard]] bool uses_bfloat16(Precision precision);

/// Everything the weights of a checkpoint depend on; a run may only be resumed under an equal one.
[[nodiscard]] std::string run_fingerprint(const TrainBaseConfig& config, const Dataset& train,
                                          int threads);

}  // namespace brownout::models
