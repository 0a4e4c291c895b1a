// SPDX-License-Identifier: Apache-2.0
// What a generator is worth (layer 4): the integer networks on unseen chips, by the fast engine.
// Free of libtorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuse/train/fuse_config.h"
#include "models/data/dataset.h"
#include "models/graph.h"

namespace brownout::fuse {

/// Image codes of the first `count` images as the base network reads them behind `front`
/// (fuse::make_front).
[[nodiscard]] std::vector<std::vector<std::uint8_t>> fused_codes(const models::Graph& front,
                                                                 const models::Dataset& data,
                                                                 std::size_t count);

/// The same without any generator.
[[nodiscard]] std::vector<std::vector<std::uint8_t>> plain_codes(const models::Graph& base,
                                                                 const models::Dataset& data,
                                                                 std::size_t count);

/// One line for no faults, and one a voltage for the chips of `config.evaluation`: accuracy without
/// and with the generator, mean and standard deviation.
[[nodiscard]] std::string evaluate(const TrainFuseConfig& config, const models::Graph& base,
                                   const std::vector<int>& labels,
                                   const std::vector<std::vector<std::uint8_t>>& plain,
                                   const std::vector<std::vector<std::uint8_t>>& fused);

}  // namespace brownout::fuse
