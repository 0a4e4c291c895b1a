// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/float_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

[[noreturn]] void reject(const FloatNode& node, const std::string& what) {
  throw InputError(fmt::format("node '{}': {}", node.name, what));
}

/// Stand-in operation with the sizes of a float one, so that the graph's own shape rules apply.
struct SizedOperation {
  Operation operator()(const FloatConv& conv) const {
    Conv operation;
    operation.window = conv.window;
    operation.groups = conv.groups;
    operation.weights.resize(conv.weights.size());
    operation.bias.resize(static_cast<std::size_t>(conv.outputs));
    return operation;
  }
  Operation operator()(const FloatAveragePool& pool) const { return AveragePool{pool.window, {}}; }
  Operation operator()(const FloatMaxPool& pool) const { return MaxPool{pool.window}; }
  Operation operator()(const FloatAdd&) const { return Add{}; }
  Operation operator()(const FloatConcat&) const { return Concat{}; }
  Operation operator()(const FloatFlatten&) const { return Flatten{}; }
  Operation operator()(const FloatFunction&) const { return Table{}; }
  Operation operator()(const Rearrange& rearrange) const { return rearrange; }
};

void check_vectors(const FloatNode& node, const FloatConv& conv) {
  const auto outputs = static_cast<std::size_t>(conv.outputs);
  if (!conv.bias.empty() && conv.bias.size() != outputs) {
    reject(node, fmt::format("has {} biases, needs {}", conv.bias.size(), outputs));
  }
  if (!conv.batch_norm) return;
  const BatchNorm& bn = *conv.batch_norm;
  for (const auto* values : {&bn.gamma, &bn.beta, &bn.mean, &bn.variance}) {
    if (values->size() != outputs) {
      reject(node, fmt::format("batch norm has {} entries, needs {}", values->size(), outputs));
    }
  }
}

}  // namespace

ChannelAffine channel_affine(const FloatConv& conv, std::size_t channel) {
  const double bias = conv.bias.empty() ? 0.0 : static_cast<double>(conv.bias[channel]);
  if (!conv.batch_norm) return {1.0, bias};
  const BatchNorm& bn = *conv.batch_norm;
  const double deviation = std::sqrt(static_cast<double>(bn.variance[channel]) + bn.epsilon);
  const double gain = static_cast<double>(bn.gamma[channel]) / deviation;
  const double mean = static_cast<double>(bn.mean[channel]);
  return {gain, static_cast<double>(bn.beta[channel]) + gain * (bias - mean)};
}

Shape output_shape(const FloatNode& node, const std::vector<Shape>& inputs) {
  if (const auto* conv = std::get_if<FloatConv>(&node.operation)) check_vectors(node, *conv);
  return infer_shape({node.name, std::visit(SizedOperation{}, node.operation), {}, {}}, inputs);
}

std::vector<Shape> tensor_shapes(const FloatNetwork& network) {
  std::vector<Shape> shapes = {network.input};
  for (const FloatNode& node : network.nodes) {
    std::vector<Shape> inputs;
    for (const std::size_t tensor : node.inputs) {
      if (tensor >= shapes.size()) reject(node, "reads a tensor that no earlier node writes");
      inputs.push_back(shapes[tensor]);
    }
    shapes.push_back(output_shape(node, inputs));
  }
  return shapes;
}

FloatNetwork fold_batch_norm(FloatNetwork network) {
  for (FloatNode& node : network.nodes) {
    auto* conv = std::get_if<FloatConv>(&node.operation);
    if (conv == nullptr || !conv->batch_norm) continue;
    const auto outputs = static_cast<std::size_t>(conv->outputs);
    const std::size_t fan_in = conv->weights.size() / outputs;
    std::vector<float> bias(outputs);
    for (std::size_t o = 0; o < outputs; ++o) {
      const ChannelAffine affine = channel_affine(*conv, o);
      bias[o] = static_cast<float>(affine.offset);
      for (std::size_t i = o * fan_in; i < (o + 1) * fan_in; ++i) {
        conv->weights[i] = static_cast<float>(affine.gain * static_cast<double>(conv->weights[i]));
      }
    }
    conv->bias = std::move(bias);
    conv->batch_norm.reset();
  }
  return network;
}

}  // namespace brownout::models
