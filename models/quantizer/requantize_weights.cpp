// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/requantize_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "models/requantize.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

int largest_code(const std::vector<std::int8_t>& weights) {
  int largest = 0;
  for (const std::int8_t code : weights) largest = std::max(largest, std::abs(int{code}));
  return std::min(largest, 127);
}

std::int32_t rescaled(std::int32_t bias, double factor) {
  constexpr double kLowest = std::numeric_limits<std::int32_t>::min();
  constexpr double kHighest = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp(std::round(bias * factor), kLowest, kHighest));
}

/// Codes that weights may have: multiples of `step` up to `largest` on either side.
struct Codes {
  int largest;
  int step;
};

/// Real values of a code before and after.
struct Scales {
  double before;
  double after;
};

/// The codes of a channel at another scale.
void requantize_channel(Conv& conv, std::size_t channel, const Codes& codes, Scales scales,
                        RequantizedLayer& layer) {
  const auto [before, after] = scales;
  const std::size_t fan_in = conv.weights.size() / conv.bias.size();
  for (std::size_t i = channel * fan_in; i < (channel + 1) * fan_in; ++i) {
    const double real = conv.weights[i] * before;
    layer.signal += real * real;
    if (after == before && codes.step == 1) continue;
    const double code = codes.step * std::round(real / (after * codes.step));
    if (std::fabs(code) > codes.largest) ++layer.clipped;
    const double kept = std::clamp(code, -1.0 * codes.largest, 1.0 * codes.largest);
    layer.noise += (real - kept * after) * (real - kept * after);
    conv.weights[i] = static_cast<std::int8_t>(kept);
  }
  if (after != before) conv.bias[channel] = rescaled(conv.bias[channel], before / after);
}

void rescale(Requantizer& requantizer, const std::vector<double>& ratios) {
  if (requantizer.multiplier.empty()) return;
  const Requantizer old = requantizer;
  requantizer = make_requantizer(ratios, old.zero_point, old.lowest, old.highest);
}

/// A layer's weights with `codes` at `scales`, one for each there was.
RequantizedLayer requantize(Graph& graph, const Node& node, Conv& conv, const Codes& codes,
                            const std::vector<double>& scales) {
  RequantizedLayer layer{node.name, conv.weights.size(), 0, 0, 0};
  const std::vector<double> before = std::exchange(conv.weight_scale, scales);
  for (std::size_t channel = 0; channel < conv.bias.size(); ++channel) {
    const std::size_t i = before.size() == 1 ? 0 : channel;
    requantize_channel(conv, channel, codes, {before[i], scales[i]}, layer);
  }
  if (scales == before) return layer;
  const double input = graph.tensor(node.inputs.front()).scale.front();
  Tensor& output = graph.tensors[node.output.value()];
  std::vector<double> ratios;
  ratios.reserve(scales.size());
  for (const double scale : scales) ratios.push_back(input * scale);
  if (output.type == ElementType::kInt32) {
    output.scale = ratios;
  } else {
    for (double& ratio : ratios) ratio /= output.scale.front();
    rescale(conv.requantizer, ratios);
  }
  return layer;
}

/// requantize() of every convolution with the codes and scales that `choose(conv)` gives.
template <class Choose>
std::vector<RequantizedLayer> requantize_all(Graph& graph, Choose choose) {
  std::vector<RequantizedLayer> layers;
  for (Node& node : graph.nodes) {
    auto* conv = std::get_if<Conv>(&node.operation);
    if (conv == nullptr) continue;
    const auto [codes, scales] = choose(*conv);
    try {
      layers.push_back(requantize(graph, node, *conv, codes, scales));
    } catch (const InputError& error) {
      throw InputError(fmt::format("weights of node '{}': {}", node.name, error.what()));
    }
  }
  validate(graph);
  return layers;
}

}  // namespace

double RequantizedLayer::snr() const {
  return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

RequantizedLayer& RequantizedLayer::operator+=(const RequantizedLayer& other) {
  weights += other.weights;
  clipped += other.clipped;
  signal += other.signal;
  noise += other.noise;
  return *this;
}

std::vector<RequantizedLayer> clip_weights(Graph& graph, const WeightLimit& limit) {
  require(limit.value > 0, "a weight limit is positive");
  return requantize_all(graph, [&](const Conv& conv) {
    const int largest = largest_code(conv.weights);
    std::vector<double> scales = conv.weight_scale;
    for (double& scale : scales) scale = limit.limited(scale, largest);
    return std::pair(Codes{largest, 1}, scales);
  });
}

std::vector<RequantizedLayer> reduce_precision(Graph& graph, int bits) {
  require(bits >= 2 && bits <= 8, "weights have 2 to 8 bits");
  return requantize_all(graph, [&](const Conv& conv) {
    const int step = 1 << (8 - bits);
    const int largest = ((1 << (bits - 1)) - 1) * step;
    const double kept = largest_code(conv.weights) / static_cast<double>(largest);
    std::vector<double> scales = conv.weight_scale;
    if (kept > 0) {
      for (double& scale : scales) scale *= kept;
    }
    return std::pair(Codes{largest, step}, scales);
  });
}

}  // namespace brownout::models
