// SPDX-License-Identifier: Apache-2.0
#include "tests/fuse/random_generator.h"

#include <cmath>
#include <string>
#include <utility>

#include "models/rearrange.h"
#include "models/requantize.h"
#include "tests/support/dice.h"
#include "tests/support/random_graph.h"

namespace brownout::test_support {
namespace {

using models::Graph;
using models::Tensor;

class Builder {
 public:
  Builder(std::uint64_t seed, const Tensor& image) : dice_(seed), seed_(seed) {
    graph_.name = "generator-" + std::to_string(seed);
    const auto channels = static_cast<std::size_t>(image.shape.channels);
    graph_.preprocessing = {std::vector<double>(channels, 0.0), std::vector<double>(channels, 1.0)};
    graph_.tensors.push_back(image);
    graph_.input = graph_.output = TensorId(0);
    if (dice_.one_in(2)) {
      graph_.tensors[0].scale = {image.scale.front() * dice_.roll(5, 20) / 10.0};
      graph_.tensors[0].zero_point = dice_.roll(0, 255);
    }
  }

  Graph build(int channels) {
    const models::Shape in = last().shape;
    TensorId x = conv(TensorId(0), dice_.roll(1, 9));
    if (in.height % 2 == 0 && in.width % 2 == 0 && dice_.one_in(2)) {
      const TensorId skip = x;
      const models::Shape whole = last().shape;
      const auto doubled = models::upsampled(halved(x).shape, 2, 2);
      x = add("up", doubled, {graph_.output}, whole);
      x = concat(skip, x);
    }
    conv(x, channels);
    if (dice_.one_in(2)) tanh();
    return std::move(graph_);
  }

  TensorId conv(TensorId input, int channels) {
    const Tensor in = graph_.tensor(input);
    models::Conv conv;
    conv.window.kernel_h = conv.window.kernel_w = 3;
    conv.window.pad_top = conv.window.pad_left = conv.window.pad_bottom = conv.window.pad_right = 1;
    const auto out = static_cast<std::size_t>(channels);
    const std::size_t volume = 9 * static_cast<std::size_t>(in.shape.channels);
    conv.weights = random_weights(out * volume, seed_ + graph_.nodes.size());
    conv.weight_scale = {0.01};
    conv.bias.assign(out, 0);
    const double ratio = 1.0 / (60.0 * std::sqrt(static_cast<double>(volume)));
    const int zero_point = dice_.roll(0, 255);
    conv.requantizer = models::make_requantizer({ratio}, zero_point, 0, 255);
    models::Shape shape = in.shape;
    shape.channels = channels;
    add("conv", std::move(conv), {input}, shape);
    set_codes(in.scale.front() * 0.01 / ratio, zero_point);
    return graph_.output;
  }

 private:
  [[nodiscard]] Tensor& last() { return graph_.tensors[graph_.output.value()]; }
  void set_codes(double scale, int zero_point) {
    last().scale = {scale};
    last().zero_point = zero_point;
  }

  /// Codes of the first input.
  TensorId add(const std::string& name, models::Operation operation, std::vector<TensorId> inputs,
               const models::Shape& shape) {
    const TensorId id(static_cast<std::uint32_t>(graph_.tensors.size()));
    Tensor tensor = graph_.tensor(inputs.front());
    tensor.name = name + std::to_string(id.value());
    tensor.shape = shape;
    graph_.tensors.push_back(tensor);
    graph_.nodes.push_back({tensor.name, std::move(operation), std::move(inputs), id});
    graph_.output = id;
    return id;
  }

  const Tensor& halved(TensorId input) {
    models::Window window;
    window.kernel_h = window.kernel_w = window.stride_h = window.stride_w = 2;
    models::Shape shape = graph_.tensor(input).shape;
    shape.height /= 2;
    shape.width /= 2;
    add("pool", models::MaxPool{window}, {input}, shape);
    return last();
  }

  TensorId concat(TensorId a, TensorId b) {
    models::Shape shape = graph_.tensor(a).shape;
    shape.channels += graph_.tensor(b).shape.channels;
    const Tensor one = graph_.tensor(a);
    const double scale = one.scale.front();
    const models::Concat join = models::make_concat({scale, graph_.tensor(b).scale.front()}, scale,
                                                    {one.zero_point, 0, 255});
    return add("concat", join, {a, b}, shape);
  }

  void tanh() {
    const Tensor in = last();
    const int zero_point = dice_.roll(100, 150);
    const double scale = dice_.roll(1, 30) / 2000.0;
    const auto table = models::make_table([](double x) { return std::tanh(x); },
                                          {in.scale.front(), in.zero_point}, {scale, zero_point});
    add("tanh", table, {graph_.output}, in.shape);
    set_codes(scale, zero_point);
  }

  Dice dice_;
  std::uint64_t seed_;
  Graph graph_;
};

}  // namespace

Graph random_generator(std::uint64_t seed, const Tensor& image) {
  return Builder(seed, image).build(image.shape.channels);
}

Graph zero_generator(const Tensor& image) {
  Graph graph = random_generator(0, image);
  graph.name = "zero";
  for (models::Node& node : graph.nodes) {
    auto* conv = std::get_if<models::Conv>(&node.operation);
    if (conv != nullptr) conv->weights.assign(conv->weights.size(), 0);
  }
  return graph;
}

}  // namespace brownout::test_support
