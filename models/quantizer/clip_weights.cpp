// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/clip_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

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

/// Real values of a code before and after.
struct Scales {
  double before;
  double after;
};

/// The codes of a channel at another scale.
void requantize_channel(Conv& conv, std::size_t channel, int levels, Scales scales,
                        ClippedLayer& layer) {
  const auto [before, after] = scales;
  const std::size_t fan_in = conv.weights.size() / conv.bias.size();
  for (std::size_t i = channel * fan_in; i < (channel + 1) * fan_in; ++i) {
    const double real = conv.weights[i] * before;
    layer.signal += real * real;
    if (after == before) continue;
    const double code = std::round(real / after);
    if (std::fabs(code) > levels) ++layer.clipped;
    const double kept = std::clamp(code, -1.0 * levels, 1.0 * levels);
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

ClippedLayer clip(Graph& graph, const Node& node, Conv& conv, const WeightLimit& limit) {
  ClippedLayer layer{node.name, conv.weights.size(), 0, 0, 0};
  const std::vector<double> before = conv.weight_scale;
  const int levels = largest_code(conv.weights);
  for (double& scale : conv.weight_scale) scale = limit.limited(scale, levels);
  for (std::size_t channel = 0; channel < conv.bias.size(); ++channel) {
    const std::size_t i = before.size() == 1 ? 0 : channel;
    requantize_channel(conv, channel, levels, {before[i], conv.weight_scale[i]}, layer);
  }
  if (conv.weight_scale == before) return layer;
  const double input = graph.tensor(node.inputs.front()).scale.front();
  Tensor& output = graph.tensors[node.output.value()];
  std::vector<double> ratios;
  for (const double scale : conv.weight_scale) ratios.push_back(input * scale);
  if (output.type == ElementType::kInt32) {
    output.scale = ratios;
  } else {
    for (double& ratio : ratios) ratio /= output.scale.front();
    rescale(conv.requantizer, ratios);
  }
  return layer;
}

}  // namespace

double ClippedLayer::snr() const {
  return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

ClippedLayer& ClippedLayer::operator+=(const ClippedLayer& other) {
  weights += other.weights;
  clipped += other.clipped;
  signal += other.signal;
  noise += other.noise;
  return *this;
}

std::vector<ClippedLayer> clip_weights(Graph& graph, const WeightLimit& limit) {
  require(limit.value > 0, "a weight limit is positive");
  std::vector<ClippedLayer> layers;
  for (Node& node : graph.nodes) {
    auto* conv = std::get_if<Conv>(&node.operation);
    if (conv == nullptr) continue;
    try {
      layers.push_back(clip(graph, node, *conv, limit));
    } catch (const InputError& error) {
      throw InputError(fmt::format("clipping node '{}': {}", node.name, error.what()));
    }
  }
  validate(graph);
  return layers;
}

}  // namespace brownout::models
