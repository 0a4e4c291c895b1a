// SPDX-License-Identifier: Apache-2.0
// Random quantised networks for property tests: small, valid, and unkind on purpose (odd channel
// counts, asymmetric padding, full-range weights, accumulators that wrap, shifts from 1 to 62).
// A function of the seed only, the same on every machine, so a failing seed can be replayed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/graph.h"

namespace brownout::test_support {

/// How large and how varied a random network may be.
struct RandomGraphLimits {
  int max_nodes = 6;
  int max_extent = 12;  ///< height and width of the input
  int max_channels = 20;
  int max_kernel = 5;
  int max_stride = 3;
  int max_dilation = 3;
  std::uint64_t max_macs = 20'000'000;
  /// Channels of a grouped or depthwise convolution are a multiple of its groups.
  bool groups = true;
  /// Transposed convolutions, concatenations, upsamplings and tables.
  bool decoders = true;
  /// Biases near the ends of int32 and shifts anywhere in [1, 62].
  bool extreme_numbers = true;
};

/// A network of 1 to `max_nodes` nodes that passes models::validate. Every node's output is read by
/// the next one or by a residual addition; the last node gives codes or raw accumulators.
[[nodiscard]] models::Graph random_graph(std::uint64_t seed, const RandomGraphLimits& limits = {});

/// Input codes for `graph`: uniform, or all 0, all 255 or mostly the zero point for some seeds.
[[nodiscard]] std::vector<std::uint8_t> random_input(const models::Graph& graph,
                                                     std::uint64_t seed);

/// `count` weights over the full int8 range, -128 included.
[[nodiscard]] std::vector<std::int8_t> random_weights(std::size_t count, std::uint64_t seed);

}  // namespace brownout::test_support
