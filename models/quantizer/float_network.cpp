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

/// Stand-in graph node that carries the sizes of `node`, so that the graph's own shape rules apply.
Node sized_node(const FloatNode& node) {
  Node sized;
  sized.name = node.name;
  if (const auto* conv = std::get_if<FloatConv>(&node.operation)) {
    Conv operation;
    operation.window = conv->window;
    operation.weights.resize(conv->weights.size());
    operation.bias.resize(static_cast<std::size_t>(conv->outputs));
    sized.operation = std::move(operation);
  } else if (const auto* pool = std::get_if<FloatAveragePool>(&node.operation)) {
    sized.operation = AveragePool{pool->window, {}};
  } else if (const auto* max = std::get_if<FloatMaxPool>(&node.operation)) {
    sized.operation = MaxPool{max->window};
  } else {
    sized.operation = Add{};
  }
  return sized;
}

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

/// Calls visit(input element offset of channel 0, tap index) for each tap inside the image.
template <class Visit>
void for_each_tap(const Window& w, const Shape& in, std::pair<int, int> output_at, Visit&& visit) {
  for (int ky = 0; ky < w.kernel_h; ++ky) {
    const int y = output_at.first * w.stride_h - w.pad_top + ky * w.dilation_h;
    if (y < 0 || y >= in.height) continue;
    for (int kx = 0; kx < w.kernel_w; ++kx) {
      const int x = output_at.second * w.stride_w - w.pad_left + kx * w.dilation_w;
      if (x < 0 || x >= in.width) continue;
      const int tap = ky * w.kernel_w + kx;
      visit(in.offset(y, x, 0), static_cast<std::size_t>(tap));
    }
  }
}

std::vector<float> evaluate_conv(const FloatConv& conv, const Shape& in, const Shape& out,
                                 const std::vector<float>& input) {
  const auto inputs = static_cast<std::size_t>(in.channels);
  const auto outputs = static_cast<std::size_t>(out.channels);
  const auto taps = static_cast<std::size_t>(conv.window.kernel_h) *
                    static_cast<std::size_t>(conv.window.kernel_w);
  // [tap][in][out], so that the inner loop runs over neighbours.
  std::vector<float> weights(conv.weights.size());
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs * taps; ++i) {
      weights[((i % taps) * inputs + i / taps) * outputs + o] = conv.weights[o * inputs * taps + i];
    }
  }
  std::vector<ChannelAffine> affine(outputs);
  for (std::size_t o = 0; o < outputs; ++o) affine[o] = channel_affine(conv, o);

  std::vector<float> result(out.elements());
  std::vector<float> sums(outputs);
  for (int pixel = 0; pixel < out.height * out.width; ++pixel) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    const auto accumulate = [&](std::size_t offset, std::size_t tap) {
      for (std::size_t i = 0; i < inputs; ++i) {
        const float value = input[offset + i];
        const float* row = &weights[(tap * inputs + i) * outputs];
        for (std::size_t o = 0; o < outputs; ++o) sums[o] += value * row[o];
      }
    };
    for_each_tap(conv.window, in, {pixel / out.width, pixel % out.width}, accumulate);
    float* target = &result[static_cast<std::size_t>(pixel) * outputs];
    for (std::size_t o = 0; o < outputs; ++o) {
      const double real = affine[o].gain * static_cast<double>(sums[o]) + affine[o].offset;
      target[o] = static_cast<float>(conv.relu ? std::max(real, 0.0) : real);
    }
  }
  return result;
}

std::vector<float> evaluate_average(const FloatAveragePool& pool, const Shape& in, const Shape& out,
                                    const std::vector<float>& input) {
  const auto channels = static_cast<std::size_t>(out.channels);
  const auto size = static_cast<float>(pool.window.kernel_h * pool.window.kernel_w);
  std::vector<float> result(out.elements(), 0.0F);
  for (int pixel = 0; pixel < out.height * out.width; ++pixel) {
    float* target = &result[static_cast<std::size_t>(pixel) * channels];
    const auto accumulate = [&](std::size_t offset, std::size_t) {
      for (std::size_t c = 0; c < channels; ++c) target[c] += input[offset + c] / size;
    };
    for_each_tap(pool.window, in, {pixel / out.width, pixel % out.width}, accumulate);
  }
  return result;
}

std::vector<float> evaluate_maximum(const FloatMaxPool& pool, const Shape& in, const Shape& out,
                                    const std::vector<float>& input) {
  const auto channels = static_cast<std::size_t>(out.channels);
  std::vector<float> result(out.elements(), std::numeric_limits<float>::lowest());
  for (int pixel = 0; pixel < out.height * out.width; ++pixel) {
    float* target = &result[static_cast<std::size_t>(pixel) * channels];
    const auto take = [&](std::size_t offset, std::size_t) {
      for (std::size_t c = 0; c < channels; ++c) {
        target[c] = std::max(target[c], input[offset + c]);
      }
    };
    for_each_tap(pool.window, in, {pixel / out.width, pixel % out.width}, take);
  }
  return result;
}

std::vector<float> evaluate_add(const FloatAdd& add, const std::vector<float>& a,
                                const std::vector<float>& b) {
  std::vector<float> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const float sum = a[i] + b[i];
    result[i] = add.relu ? std::max(sum, 0.0F) : sum;
  }
  return result;
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

std::vector<Shape> tensor_shapes(const FloatNetwork& network) {
  std::vector<Shape> shapes = {network.input};
  for (const FloatNode& node : network.nodes) {
    std::vector<Shape> inputs;
    for (const std::size_t tensor : node.inputs) {
      if (tensor >= shapes.size()) reject(node, "reads a tensor that no earlier node writes");
      inputs.push_back(shapes[tensor]);
    }
    if (const auto* conv = std::get_if<FloatConv>(&node.operation)) check_vectors(node, *conv);
    shapes.push_back(infer_shape(sized_node(node), inputs));
  }
  return shapes;
}

std::vector<std::vector<float>> evaluate(const FloatNetwork& network, std::vector<float> image) {
  const std::vector<Shape> shapes = tensor_shapes(network);
  if (image.size() != network.input.elements()) {
    throw InputError(fmt::format("the image has {} values, network '{}' needs {}", image.size(),
                                 network.name, network.input.elements()));
  }
  std::vector<std::vector<float>> values = {std::move(image)};
  for (const FloatNode& node : network.nodes) {
    const Shape& in = shapes[node.inputs.front()];
    const Shape& out = shapes[values.size()];
    const std::vector<float>& input = values[node.inputs.front()];
    if (const auto* conv = std::get_if<FloatConv>(&node.operation)) {
      values.push_back(evaluate_conv(*conv, in, out, input));
    } else if (const auto* pool = std::get_if<FloatAveragePool>(&node.operation)) {
      values.push_back(evaluate_average(*pool, in, out, input));
    } else if (const auto* max = std::get_if<FloatMaxPool>(&node.operation)) {
      values.push_back(evaluate_maximum(*max, in, out, input));
    } else {
      values.push_back(
          evaluate_add(std::get<FloatAdd>(node.operation), input, values[node.inputs.back()]));
    }
  }
  return values;
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
