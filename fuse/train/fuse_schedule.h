// SPDX-License-Identifier: Apache-2.0
// What follows from the config alone while a generator is trained (layer 4): which chips at which
// voltage every step meets, learning rate, fingerprint. Free of libtorch and of state, so that a
// resumed run sees what an unbroken one sees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fuse/train/fuse_config.h"
#include "models/data/dataset.h"

namespace brownout::fuse {

/// A step's perturbed models.
struct StepChips {
  VminRatio voltage;
  std::vector<std::uint64_t> numbers;
};

/// Throws InputError when the memory's curve has no voltage for one of the rates.
[[nodiscard]] StepChips step_chips(const TrainFuseConfig& config, std::int64_t step,
                                   std::int64_t total_steps);

/// The highest share of failing cells that training aims at.
[[nodiscard]] VminRatio lowest_voltage(const TrainFuseConfig& config);

/// How the generator's weights are rounded while it learns; none where they are not.
[[nodiscard]] std::optional<models::QuantizeConfig> rounding(const TrainFuseConfig& config);

[[nodiscard]] double learning_rate(const AdamConfig& config, double progress);

/// Everything the weights of a checkpoint depend on; `networks` describes base and surrogates.
[[nodiscard]] std::string fuse_fingerprint(const TrainFuseConfig& config,
                                           const models::Dataset& train, int threads,
                                           const std::string& networks);

}  // namespace brownout::fuse
