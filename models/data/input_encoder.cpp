// SPDX-License-Identifier: Apache-2.0
#include "models/data/input_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

/// ONNX's QuantizeLinear. nearbyint rounds halves to even in the default rounding mode, which
/// nothing in this program changes.
std::uint8_t quantize(double real, const Tensor& tensor) {
  const double code = std::nearbyint(real / tensor.scale.front()) + tensor.zero_point;
  return static_cast<std::uint8_t>(std::clamp(code, 0.0, 255.0));
}

}  // namespace

InputEncoder::InputEncoder(const Graph& graph) : shape_(graph.tensor(graph.input).shape) {
  const Tensor& input = graph.tensor(graph.input);
  const std::vector<double>& mean = graph.preprocessing.mean;
  const std::vector<double>& deviation = graph.preprocessing.deviation;
  const auto channels = static_cast<std::size_t>(shape_.channels);
  if (mean.size() != channels || deviation.size() != channels) {
    throw InputError(fmt::format(
        "network '{}': {} means and {} deviations, its input has {} channels and needs one of each",
        graph.name, mean.size(), deviation.size(), channels));
  }
  tables_.resize(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    if (!std::isfinite(mean[c]) || !std::isfinite(deviation[c]) || deviation[c] <= 0) {
      throw InputError(
          fmt::format("network '{}': channel {} has mean {} and deviation {}, allowed "
                      "are finite numbers and a positive deviation",
                      graph.name, c, mean[c], deviation[c]));
    }
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const double real = (static_cast<double>(byte) / 255.0 - mean[c]) / deviation[c];
      tables_[c][byte] = quantize(real, input);
    }
  }
}

std::vector<std::uint8_t> InputEncoder::encode(const Dataset& dataset, std::size_t index) const {
  const Shape& found = dataset.shape;
  if (found != shape_) {
    throw InputError(fmt::format(
        "data set '{}': images are {}x{}x{} (channels x height x width), the network's input is "
        "{}x{}x{}",
        dataset.name, found.channels, found.height, found.width, shape_.channels, shape_.height,
        shape_.width));
  }
  const std::uint8_t* image = dataset.image(index);
  std::vector<std::uint8_t> codes(shape_.elements());
  const std::size_t area = codes.size() / tables_.size();
  for (std::size_t c = 0; c < tables_.size(); ++c) {
    const auto& table = tables_[c];
    for (std::size_t position = 0; position < area; ++position) {
      codes[position * tables_.size() + c] = table[image[c * area + position]];
    }
  }
  return codes;
}

std::vector<float> preprocess(const Dataset& dataset, std::size_t index,
                              const Preprocessing& preprocessing) {
  const auto channels = static_cast<std::size_t>(dataset.shape.channels);
  const std::size_t plane = dataset.shape.elements() / channels;
  const std::uint8_t* bytes = dataset.image(index);
  std::vector<float> values(dataset.shape.elements());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = i / plane;
    values[i % plane * channels + c] =
        static_cast<float>((bytes[i] / 255.0 - preprocessing.mean[c]) / preprocessing.deviation[c]);
  }
  return values;
}

}  // namespace brownout::models
