// SPDX-License-Identifier: Apache-2.0
// Images and labels as libtorch takes them (layer 2).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// One number a channel, shaped to meet NCHW images.
[[nodiscard]] torch::Tensor per_channel(const std::vector<double>& values);

/// Bytes in CHW order, image after image, as a channels-last batch of float32 bytes.
[[nodiscard]] torch::Tensor byte_batch(const std::vector<std::uint8_t>& bytes, const Shape& shape);

/// The same preprocessed.
[[nodiscard]] torch::Tensor to_batch(const std::vector<std::uint8_t>& bytes, const Shape& shape,
                                     const Preprocessing& preprocessing);

[[nodiscard]] torch::Tensor to_labels(const std::vector<std::int64_t>& labels);

/// Images whose highest logit is their label's.
[[nodiscard]] std::int64_t count_correct(const torch::Tensor& logits, const torch::Tensor& labels);

}  // namespace brownout::models
