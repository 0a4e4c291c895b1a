// SPDX-License-Identifier: Apache-2.0
// Every number of a trained network, to compare bit by bit.
#pragma once

#include <variant>
#include <vector>

#include "models/quantizer/float_network.h"

namespace brownout::models::testing {

inline std::vector<float> numbers(const FloatNetwork& network) {
  std::vector<float> all;
  const auto append = [&](const std::vector<float>& v) {
    all.insert(all.end(), v.begin(), v.end());
  };
  for (const FloatNode& node : network.nodes) {
    const auto* conv = std::get_if<FloatConv>(&node.operation);
    if (conv == nullptr) continue;
    append(conv->weights);
    append(conv->bias);
    if (!conv->batch_norm) continue;
    const BatchNorm& bn = *conv->batch_norm;
    for (const auto* part : {&bn.gamma, &bn.beta, &bn.mean, &bn.variance}) append(*part);
  }
  return all;
}

}  // namespace brownout::models::testing
