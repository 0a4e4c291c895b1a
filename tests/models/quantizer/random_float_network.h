// SPDX-License-Identifier: Apache-2.0
// Small random residual networks for the quantiser's tests: batch norms with gains of both signs.
#pragma once

#include <random>
#include <vector>

#include "models/quantizer/float_network.h"

namespace brownout::models::testing {

inline std::vector<float> random_floats(std::mt19937& rng, std::size_t count, float low,
                                        float high) {
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(count);
  for (float& value : values) value = uniform(rng);
  return values;
}

struct ConvShape {
  int inputs, outputs, kernel, stride;
};

inline FloatConv random_conv(std::mt19937& rng, const ConvShape& shape, bool relu) {
  FloatConv conv;
  const int pad = shape.kernel / 2;
  conv.window = {shape.kernel, shape.kernel, shape.stride, shape.stride, pad, pad, pad, pad, 1, 1};
  conv.outputs = shape.outputs;
  const auto outputs = static_cast<std::size_t>(shape.outputs);
  conv.weights = random_floats(
      rng, outputs * static_cast<std::size_t>(shape.inputs * shape.kernel * shape.kernel), -0.5F,
      0.5F);
  BatchNorm bn;
  bn.gamma = random_floats(rng, outputs, -2.0F, 2.0F);
  bn.beta = random_floats(rng, outputs, -1.0F, 1.0F);
  bn.mean = random_floats(rng, outputs, -0.5F, 0.5F);
  bn.variance = random_floats(rng, outputs, 0.1F, 2.0F);
  conv.batch_norm = bn;
  conv.relu = relu;
  return conv;
}

/// Two convolutions with a projected shortcut, a pool and a linear layer; every third network pools
/// by maximum and has a bias before its batch norm, as VGG does.
inline FloatNetwork random_network(unsigned seed) {
  std::mt19937 rng(seed);
  FloatNetwork network;
  network.name = "random";
  network.input = {2, 6, 6};
  network.preprocessing = {{0.25, 0.5}, {0.5, 0.25}};
  const int stride = 1 + static_cast<int>(seed % 2);
  const int extent = stride == 1 ? 6 : 3;
  network.nodes.push_back({"conv1", random_conv(rng, {2, 5, 3, stride}, true), {0}});
  network.nodes.push_back({"conv2", random_conv(rng, {5, 4, 3, 1}, false), {1}});
  network.nodes.push_back({"shortcut", random_conv(rng, {2, 4, 1, stride}, false), {0}});
  network.nodes.push_back({"add", FloatAdd{true}, {2, 3}});
  Window whole;
  whole.kernel_h = extent;
  whole.kernel_w = extent;
  const bool like_vgg = seed % 3 == 2;
  network.nodes.push_back({"pool", FloatAveragePool{whole}, {4}});
  if (like_vgg) network.nodes.back().operation = FloatMaxPool{whole};
  FloatConv linear;
  linear.outputs = 3;
  linear.weights = random_floats(rng, 12, -1.0F, 1.0F);
  linear.bias = random_floats(rng, 3, -1.0F, 1.0F);
  network.nodes.push_back({"linear", linear, {5}});
  if (like_vgg) {
    std::get<FloatConv>(network.nodes[0].operation).bias = random_floats(rng, 5, -1.0F, 1.0F);
  }
  return network;
}

/// A preprocessed image made of whole bytes.
inline std::vector<float> random_image(std::mt19937& rng, const FloatNetwork& network) {
  std::uniform_int_distribution<int> byte(0, 255);
  std::vector<float> image(network.input.elements());
  const auto channels = static_cast<std::size_t>(network.input.channels);
  for (std::size_t i = 0; i < image.size(); ++i) {
    const Preprocessing& p = network.preprocessing;
    image[i] =
        static_cast<float>((byte(rng) / 255.0 - p.mean[i % channels]) / p.deviation[i % channels]);
  }
  return image;
}

}  // namespace brownout::models::testing
