// SPDX-License-Identifier: Apache-2.0
#include "models/train/trainable_network.h"

#include <fmt/format.h>

#include <utility>

#include "models/train/straight_through.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

namespace functional = torch::nn::functional;

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kFloat32).contiguous();
  const float* data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

void check_trainable(const Architecture& architecture) {
  const auto reject = [&](const Layer& layer, const char* what) {
    throw InputError(fmt::format("network '{}': layer '{}' {}; only classifiers are trained here",
                                 architecture.name(), layer.name, what));
  };
  for (const Layer& layer : architecture.layers()) {
    const auto* conv = std::get_if<ConvLayer>(&layer.kind);
    if (conv != nullptr && conv->transposed) reject(layer, "is a transposed convolution");
    if (std::holds_alternative<UpsampleLayer>(layer.kind)) reject(layer, "enlarges its input");
    if (std::holds_alternative<ConcatLayer>(layer.kind)) reject(layer, "joins channels");
    if (std::holds_alternative<TanhLayer>(layer.kind)) reject(layer, "is a tanh");
  }
  const Layer& last = architecture.layers().back();
  const auto* linear = std::get_if<LinearLayer>(&last.kind);
  if (linear == nullptr || linear->relu) reject(last, "is the last one and gives no logits");
}

std::vector<std::size_t> last_users(const Architecture& architecture) {
  std::vector<std::size_t> users(architecture.layers().size() + 1, 0);
  for (std::size_t i = 0; i < architecture.layers().size(); ++i) {
    for (const std::size_t input : architecture.layers()[i].inputs) users.at(input) = i;
  }
  return users;
}

torch::nn::Conv2d make_conv(const ConvLayer& layer, int inputs) {
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(inputs, layer.channels, layer.kernel)
                             .stride(layer.stride)
                             .padding(layer.padding)
                             .bias(layer.bias));
  // He et al., "Delving deep into rectifiers", 2015.
  torch::nn::init::kaiming_normal_(conv->weight, 0.0, torch::kFanOut, torch::kReLU);
  if (layer.bias) torch::nn::init::zeros_(conv->bias);
  return conv;
}

torch::Tensor pooled(const MaxPoolLayer& layer, const torch::Tensor& input) {
  const Window& w = layer.window;  // padded alike on all sides
  return functional::max_pool2d(input, functional::MaxPool2dFuncOptions({w.kernel_h, w.kernel_w})
                                           .stride({w.stride_h, w.stride_w})
                                           .padding({w.pad_top, w.pad_left}));
}

}  // namespace

TrainableNetwork::TrainableNetwork(Architecture architecture,
                                   const std::optional<QuantizeConfig>& quantized)
    : architecture_(std::move(architecture)),
      quantized_(quantized),
      parts_(architecture_.layers().size()),
      last_user_(last_users(architecture_)) {
  check_trainable(architecture_);
  make_parts();
}

/// Linear layers draw their weights before the convolutions: the order in which the networks that
/// ship were made.
void TrainableNetwork::make_parts() {
  const std::vector<Layer>& layers = architecture_.layers();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto* linear = std::get_if<LinearLayer>(&layers[i].kind);
    if (linear == nullptr) continue;
    const auto inputs = architecture_.shape(layers[i].inputs.front()).elements();
    parts_[i].linear = register_module(
        layers[i].name, torch::nn::Linear(static_cast<std::int64_t>(inputs), linear->outputs));
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto* conv = std::get_if<ConvLayer>(&layers[i].kind);
    if (conv == nullptr) continue;
    const int inputs = architecture_.shape(layers[i].inputs.front()).channels;
    parts_[i].conv = register_module(layers[i].name, make_conv(*conv, inputs));
    if (!conv->batch_norm) continue;
    parts_[i].norm =
        register_module(layers[i].name + "_norm", torch::nn::BatchNorm2d(conv->channels));
  }
}

/// The weights that products use.
torch::Tensor TrainableNetwork::used(const torch::Tensor& weights) const {
  return quantized_ ? round_weights(weights, *quantized_) : weights;
}

torch::Tensor TrainableNetwork::convolved(const ConvLayer& layer, Part& part,
                                          const torch::Tensor& input) const {
  torch::Tensor sum =
      torch::conv2d(input, used(part.conv->weight), part.conv->bias, layer.stride, layer.padding);
  if (layer.batch_norm) sum = part.norm(sum);
  return layer.relu ? torch::relu(sum) : sum;
}

torch::Tensor TrainableNetwork::output(std::size_t layer,
                                       const std::vector<torch::Tensor>& tensors) {
  const Layer& l = architecture_.layers()[layer];
  const torch::Tensor& input = tensors[l.inputs.front()];
  Part& part = parts_[layer];
  if (const auto* conv = std::get_if<ConvLayer>(&l.kind)) return convolved(*conv, part, input);
  if (const auto* pool = std::get_if<MaxPoolLayer>(&l.kind)) return pooled(*pool, input);
  if (const auto* linear = std::get_if<LinearLayer>(&l.kind)) {
    const torch::Tensor sum =
        functional::linear(input.flatten(1), used(part.linear->weight), part.linear->bias);
    return linear->relu ? torch::relu(sum) : sum;
  }
  if (std::holds_alternative<GlobalAverageLayer>(l.kind)) return input.mean({2, 3}, true);
  return torch::relu(input + tensors[l.inputs.back()]);
}

torch::Tensor TrainableNetwork::forward(const torch::Tensor& images) {
  std::vector<torch::Tensor> tensors = {images};
  for (std::size_t i = 0; i < architecture_.layers().size(); ++i) {
    tensors.push_back(output(i, tensors));
    for (const std::size_t input : architecture_.layers()[i].inputs) {
      if (last_user_[input] == i) tensors[input].reset();
    }
  }
  return tensors.back();
}

FloatConv TrainableNetwork::exported_conv(const ConvLayer& layer, const Part& part) const {
  FloatConv result;
  result.window = conv_window(layer);
  result.outputs = layer.channels;
  result.weights = to_vector(used(part.conv->weight));
  if (layer.bias) result.bias = to_vector(part.conv->bias);
  if (layer.batch_norm) {
    const auto& norm = *part.norm;
    result.batch_norm =
        BatchNorm{to_vector(norm.weight), to_vector(norm.bias), to_vector(norm.running_mean),
                  to_vector(norm.running_var), norm.options.eps()};
  }
  result.relu = layer.relu;
  return result;
}

FloatConv TrainableNetwork::exported_linear(std::size_t layer) const {
  const Layer& l = architecture_.layers()[layer];
  const Shape& input = architecture_.shape(l.inputs.front());
  const auto& kind = std::get<LinearLayer>(l.kind);
  FloatConv result;
  result.window.kernel_h = input.height;
  result.window.kernel_w = input.width;
  result.outputs = kind.outputs;
  result.weights = to_vector(used(parts_[layer].linear->weight));
  result.bias = to_vector(parts_[layer].linear->bias);
  result.relu = kind.relu;
  return result;
}

FloatNetwork TrainableNetwork::exported() const {
  FloatNetwork network;
  network.input = architecture_.shape(0);
  std::vector<std::size_t> tensors = {0};  // of `network`, for each of the architecture
  for (std::size_t i = 0; i < architecture_.layers().size(); ++i) {
    const Layer& layer = architecture_.layers()[i];
    const Shape& input = architecture_.shape(layer.inputs.front());
    FloatNode node{layer.name, FloatAdd{true}, {}};
    for (const std::size_t tensor : layer.inputs) node.inputs.push_back(tensors[tensor]);
    if (const auto* conv = std::get_if<ConvLayer>(&layer.kind)) {
      node.operation = exported_conv(*conv, parts_[i]);
    } else if (std::holds_alternative<LinearLayer>(layer.kind)) {
      node.operation = exported_linear(i);
    } else if (const auto* pool = std::get_if<MaxPoolLayer>(&layer.kind)) {
      node.operation = FloatMaxPool{pool->window};
    } else if (std::holds_alternative<GlobalAverageLayer>(layer.kind)) {
      if (input.height * input.width == 1) {  // the average of one pixel is that pixel
        tensors.push_back(node.inputs.front());
        continue;
      }
      FloatAveragePool average;
      average.window.kernel_h = input.height;
      average.window.kernel_w = input.width;
      node.operation = average;
    }
    network.nodes.push_back(std::move(node));
    tensors.push_back(network.nodes.size());
  }
  return network;
}

}  // namespace brownout::models
