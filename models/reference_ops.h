// SPDX-License-Identifier: Apache-2.0
// Scalar integer operators (layer 2): the definition every engine is tested against. Written for
// reading, one loop nest each; no speed is sought here.
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// One image's activation codes in HWC order, with the meaning of its tensor.
struct Activation {
  Shape shape;
  int zero_point = 0;
  std::vector<std::uint8_t> codes;
};

/// int32 accumulators in HWC order; `weights` as stored or as read through failing cells.
/// Covers grouped, depthwise and transposed convolution and linear layers; wraps on overflow.
[[nodiscard]] std::vector<std::int32_t> accumulate_conv(const Activation& input, const Conv& conv,
                                                        const std::vector<std::int8_t>& weights);

[[nodiscard]] Activation reference_max_pool(const Activation& input, const MaxPool& pool);
[[nodiscard]] Activation reference_average_pool(const Activation& input, const AveragePool& pool);
[[nodiscard]] Activation reference_add(const Activation& a, const Activation& b, const Add& add);
/// `inputs` have one height and width.
[[nodiscard]] Activation reference_concat(const std::vector<const Activation*>& inputs,
                                          const Concat& concat);
[[nodiscard]] Activation reference_rearrange(const Activation& input, const Rearrange& rearrange);
[[nodiscard]] Activation reference_table(const Activation& input, const Table& table);
[[nodiscard]] Activation reference_relu(const Activation& input);
[[nodiscard]] Activation reference_flatten(const Activation& input);

/// Codes of accumulators in HWC order with `channels` innermost.
[[nodiscard]] std::vector<std::uint8_t> reference_requantize(
    const std::vector<std::int32_t>& accumulators, const Requantizer& requantizer, int channels);

}  // namespace brownout::models
