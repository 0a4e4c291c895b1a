// SPDX-License-Identifier: Apache-2.0
#include "models/zoo/architecture.h"

#include <utility>

#include "models/transposed_conv.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

/// Shape of a layer's output; called with each kind of layer.
struct OutputShape {
  Shape first;
  const Shape* second;  ///< null with one input

  Shape operator()(const ConvLayer& layer) const {
    return output_shape(first, conv_window(layer), layer.channels);
  }
  Shape operator()(const LinearLayer& layer) const { return {layer.outputs, 1, 1}; }
  Shape operator()(const MaxPoolLayer& layer) const {
    return output_shape(first, layer.window, first.channels);
  }
  Shape operator()(const GlobalAverageLayer&) const { return {first.channels, 1, 1}; }
  Shape operator()(const AddReluLayer&) const {
    require(second != nullptr && *second == first, "a residual sum adds two equal shapes");
    return first;
  }
  Shape operator()(const UpsampleLayer&) const {
    return {first.channels, 2 * first.height, 2 * first.width};
  }
  Shape operator()(const ConcatLayer&) const {
    require(second != nullptr && second->height == first.height && second->width == first.width,
            "a concatenation joins two inputs of equal extent");
    return {first.channels + second->channels, first.height, first.width};
  }
  Shape operator()(const TanhLayer&) const { return first; }
};

}  // namespace

Window conv_window(const ConvLayer& layer) {
  Window window;
  window.kernel_h = window.kernel_w = layer.kernel;
  window.stride_h = window.stride_w = layer.stride;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = layer.padding;
  return layer.transposed ? spread_window({window}) : window;
}

Architecture::Architecture(std::string name, const Shape& input)
    : name_(std::move(name)), shapes_{input} {}

std::size_t Architecture::add(std::string name, LayerKind kind, std::vector<std::size_t> inputs) {
  require(inputs.size() == 1 || inputs.size() == 2, "a layer reads one or two tensors");
  const Shape* second = inputs.size() == 2 ? &shapes_.at(inputs[1]) : nullptr;
  shapes_.push_back(std::visit(OutputShape{shapes_.at(inputs[0]), second}, kind));
  layers_.push_back({std::move(name), kind, std::move(inputs)});
  return layers_.size();
}

}  // namespace brownout::models
