// SPDX-License-Identifier: Apache-2.0
#include "bench/fast_inference_networks.h"

#include <cmath>
#include <random>
#include <string>
#include <utility>

#include "models/requantize.h"

namespace brownout::bench {
namespace {

class Builder {
 public:
  Builder(std::string name, const models::Shape& input) {
    graph_.name = std::move(name);
    graph_.input = add_tensor(input, 0);
  }

  [[nodiscard]] TensorId input() const { return graph_.input; }

  /// Square convolution that keeps the extent at stride 1; ReLU absorbed if `relu`.
  TensorId conv(TensorId from, int channels, int kernel, int stride, bool relu) {
    models::Conv conv = make_conv(from, channels, kernel);
    conv.window.stride_h = conv.window.stride_w = stride;
    conv.window.pad_top = conv.window.pad_left = kernel / 2;
    conv.window.pad_bottom = conv.window.pad_right = kernel / 2;
    // Spreads sums of random products over the codes.
    const double volume = static_cast<double>(conv.weights.size()) / channels;
    const int zero_point = relu ? 0 : 128;
    conv.requantizer = models::make_requantizer(
        std::vector<double>(static_cast<std::size_t>(channels), 1.0 / (200.0 * std::sqrt(volume))),
        zero_point, 0, 255);
    return append(conv, {from}, zero_point);
  }

  TensorId add(TensorId a, TensorId b) {
    return append(models::make_add(1.0, 1.2, 1.4, {0, 0, 255}), {a, b}, 0);
  }

  /// conv-conv plus the input, which is projected when the shape changes.
  TensorId residual(TensorId from, int channels, int stride) {
    const bool project = stride != 1 || graph_.tensor(from).shape.channels != channels;
    const TensorId shortcut = project ? conv(from, channels, 1, stride, false) : from;
    const TensorId inner = conv(from, channels, 3, stride, true);
    return add(conv(inner, channels, 3, 1, false), shortcut);
  }

  /// Global average pooling and a linear layer to raw logits.
  models::Graph finish(TensorId from, int classes) {
    models::AveragePool pool;
    pool.window.kernel_h = graph_.tensor(from).shape.height;
    pool.window.kernel_w = graph_.tensor(from).shape.width;
    pool.requantizer =
        models::make_requantizer({1.0 / (pool.window.kernel_h * pool.window.kernel_w)}, 0, 0, 255);
    const TensorId pooled = append(pool, {from}, 0);
    graph_.output = append(make_conv(pooled, classes, 1), {pooled}, 0);
    graph_.tensors.back().type = models::ElementType::kInt32;
    models::validate(graph_);
    return std::move(graph_);
  }

 private:
  TensorId add_tensor(const models::Shape& shape, int zero_point) {
    models::Tensor tensor;
    tensor.shape = shape;
    tensor.zero_point = zero_point;
    graph_.tensors.push_back(tensor);
    return TensorId(static_cast<std::uint32_t>(graph_.tensors.size() - 1));
  }

  models::Conv make_conv(TensorId from, int channels, int kernel) {
    models::Conv conv;
    conv.window.kernel_h = conv.window.kernel_w = kernel;
    conv.weight_scale = {1.0};
    conv.bias.assign(static_cast<std::size_t>(channels), 0);
    conv.weights.resize(conv.bias.size() *
                        static_cast<std::size_t>(graph_.tensor(from).shape.channels) *
                        static_cast<std::size_t>(kernel * kernel));
    for (auto& weight : conv.weights) weight = static_cast<std::int8_t>(random_() % 255 - 127);
    return conv;
  }

  TensorId append(models::Operation operation, std::vector<TensorId> inputs, int zero_point) {
    models::Node node;
    node.name = "n" + std::to_string(graph_.nodes.size());
    node.operation = std::move(operation);
    node.inputs = std::move(inputs);
    std::vector<models::Shape> shapes;
    for (const TensorId id : node.inputs) shapes.push_back(graph_.tensor(id).shape);
    node.output = add_tensor(models::infer_shape(node, shapes), zero_point);
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.back().output;
  }

  models::Graph graph_;
  std::minstd_rand random_;
};

}  // namespace

models::Graph fashion_resnet() {
  Builder net("fashion_resnet", {1, 32, 32});
  TensorId x = net.conv(net.input(), 16, 3, 1, true);
  for (const int channels : {32, 64, 128}) x = net.residual(x, channels, 2);
  return net.finish(x, 10);
}

models::Graph cifar_resnet20() {
  Builder net("cifar_resnet20", {3, 32, 32});
  TensorId x = net.conv(net.input(), 16, 3, 1, true);
  for (const int channels : {16, 32, 64}) {
    for (int block = 0; block < 3; ++block) {
      x = net.residual(x, channels, channels > 16 && block == 0 ? 2 : 1);
    }
  }
  return net.finish(x, 10);
}

}  // namespace brownout::bench
