// SPDX-License-Identifier: Apache-2.0
#include "models/train/trainable_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "models/rearrange.h"
#include "models/train/straight_through.h"
#include "models/train/subpixel_convolution.h"
#include "models/transposed_conv.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

namespace functional = torch::nn::functional;

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kFloat32).contiguous();
  const float* data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

std::vector<std::size_t> last_users(const Architecture& architecture) {
  std::vector<std::size_t> users(architecture.layers().size() + 1, 0);
  for (std::size_t i = 0; i < architecture.layers().size(); ++i) {
    for (const std::size_t input : architecture.layers()[i].inputs) users.at(input) = i;
  }
  return users;
}

/// He et al., "Delving deep into rectifiers", 2015; biases zero.
template <class Module>
void draw_weights(const Module& conv) {
  torch::nn::init::kaiming_normal_(conv->weight, 0.0, torch::kFanOut, torch::kReLU);
  if (conv->bias.defined()) torch::nn::init::zeros_(conv->bias);
}

torch::Tensor pooled(const MaxPoolLayer& layer, const torch::Tensor& input) {
  const Window& w = layer.window;  // padded alike on all sides
  return functional::max_pool2d(input, functional::MaxPool2dFuncOptions({w.kernel_h, w.kernel_w})
                                           .stride({w.stride_h, w.stride_w})
                                           .padding({w.pad_top, w.pad_left}));
}

/// Every pixel twice in both directions.
torch::Tensor enlarged(const torch::Tensor& input) {
  return torch::upsample_nearest2d(input, {2 * input.size(2), 2 * input.size(3)});
}

/// What modules are called, without the dots libtorch allows in no name.
std::string module_name(const Layer& layer) {
  std::string name = layer.name;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

torch::Tensor joined(const torch::Tensor& first, const torch::Tensor& second) {
  return torch::cat({first, second.to(first.scalar_type())}, 1);  // one may be a bfloat16 product
}

}  // namespace

void require_classifier(const Architecture& architecture) {
  const Layer& last = architecture.layers().back();
  const auto* linear = std::get_if<LinearLayer>(&last.kind);
  if (linear != nullptr && !linear->relu) return;
  throw InputError(
      fmt::format("network '{}': layer '{}' is the last one and gives no logits; only classifiers "
                  "are trained here",
                  architecture.name(), last.name));
}

TrainableNetwork::TrainableNetwork(Architecture architecture,
                                   const std::optional<QuantizeConfig>& quantized)
    : architecture_(std::move(architecture)),
      quantized_(quantized),
      parts_(architecture_.layers().size()),
      last_user_(last_users(architecture_)) {
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
    parts_[i].linear =
        register_module(module_name(layers[i]),
                        torch::nn::Linear(static_cast<std::int64_t>(inputs), linear->outputs));
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto* conv = std::get_if<ConvLayer>(&layers[i].kind);
    if (conv == nullptr) continue;
    make_conv(layers[i], *conv, parts_[i]);
  }
}

void TrainableNetwork::make_conv(const Layer& layer, const ConvLayer& conv, Part& part) {
  const int inputs = architecture_.shape(layer.inputs.front()).channels;
  const std::string name = module_name(layer);
  if (conv.transposed) {
    const auto options = torch::nn::ConvTranspose2dOptions(inputs, conv.channels, conv.kernel)
                             .stride(conv.stride)
                             .padding(conv.padding)
                             .bias(conv.bias);
    part.transposed = register_module(name, torch::nn::ConvTranspose2d(options));
    draw_weights(part.transposed);
  } else {
    const auto options = torch::nn::Conv2dOptions(inputs, conv.channels, conv.kernel)
                             .stride(conv.stride)
                             .padding(conv.padding)
                             .bias(conv.bias);
    part.conv = register_module(name, torch::nn::Conv2d(options));
    draw_weights(part.conv);
  }
  if (!conv.batch_norm) return;
  part.norm = register_module(name + "_norm", torch::nn::BatchNorm2d(conv.channels));
}

/// The weights that products use.
torch::Tensor TrainableNetwork::used(const torch::Tensor& weights) const {
  return quantized_ ? round_weights(weights, *quantized_) : weights;
}

/// Of a convolution, in libtorch's order: a transposed one has its outputs second.
torch::Tensor TrainableNetwork::used(const Part& part) const {
  if (!part.transposed) return used(part.conv->weight);
  return used(part.transposed->weight.transpose(0, 1)).transpose(0, 1);
}

torch::Tensor TrainableNetwork::convolved(const ConvLayer& layer, Part& part,
                                          const torch::Tensor& input) const {
  torch::Tensor sum =
      layer.transposed
          ? subpixel_conv_transpose2d(input, used(part), part.transposed->bias, layer.stride,
                                      layer.padding)
          : torch::conv2d(input, used(part), part.conv->bias, layer.stride, layer.padding);
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
  if (std::holds_alternative<UpsampleLayer>(l.kind)) return enlarged(input);
  if (std::holds_alternative<TanhLayer>(l.kind)) return torch::tanh(input.to(torch::kFloat32));
  const torch::Tensor& second = tensors[l.inputs.back()];
  if (std::holds_alternative<ConcatLayer>(l.kind)) return joined(input, second);
  return torch::relu(input + second);
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

void TrainableNetwork::scale_output(double gain) {
  const torch::NoGradGuard no_gradients;
  for (std::size_t i = parts_.size(); i-- > 0;) {
    Part& part = parts_[i];
    if (!part.conv && !part.transposed && !part.linear) continue;
    torch::nn::Module* last = nullptr;
    if (part.norm) {
      last = part.norm.get();
    } else if (part.conv) {
      last = part.conv.get();
    } else {
      last = part.transposed ? static_cast<torch::nn::Module*>(part.transposed.get())
                             : part.linear.get();
    }
    for (torch::Tensor& parameter : last->parameters()) parameter *= gain;
    return;
  }
}

FloatConv TrainableNetwork::exported_conv(const ConvLayer& layer, const Part& part) const {
  FloatConv result;
  result.window = conv_window(layer);
  result.outputs = layer.channels;
  result.weights = to_vector(used(part));
  const torch::Tensor& bias = layer.transposed ? part.transposed->bias : part.conv->bias;
  if (layer.bias) result.bias = to_vector(bias);
  if (layer.transposed) {
    const int inputs = static_cast<int>(part.transposed->weight.size(0));
    result.weights = transpose_weights(result.weights, inputs, 1, layer.kernel * layer.kernel);
  }
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

FloatOperation TrainableNetwork::exported_operation(std::size_t layer) const {
  const Layer& l = architecture_.layers()[layer];
  const Shape& input = architecture_.shape(l.inputs.front());
  if (const auto* conv = std::get_if<ConvLayer>(&l.kind)) {
    return exported_conv(*conv, parts_[layer]);
  }
  if (std::holds_alternative<LinearLayer>(l.kind)) return exported_linear(layer);
  if (const auto* pool = std::get_if<MaxPoolLayer>(&l.kind)) return FloatMaxPool{pool->window};
  if (std::holds_alternative<UpsampleLayer>(l.kind)) return upsampled(input, 2, 2);
  if (std::holds_alternative<ConcatLayer>(l.kind)) return FloatConcat{};
  if (std::holds_alternative<TanhLayer>(l.kind)) {
    return FloatFunction{"tanh", [](double x) { return std::tanh(x); }};
  }
  if (!std::holds_alternative<GlobalAverageLayer>(l.kind)) return FloatAdd{true};
  FloatAveragePool average;
  average.window.kernel_h = input.height;
  average.window.kernel_w = input.width;
  return average;
}

FloatNetwork TrainableNetwork::exported() const {
  FloatNetwork network;
  network.input = architecture_.shape(0);
  std::vector<std::size_t> tensors = {0};  // of `network`, for each of the architecture
  for (std::size_t i = 0; i < architecture_.layers().size(); ++i) {
    const Layer& layer = architecture_.layers()[i];
    const Shape& input = architecture_.shape(layer.inputs.front());
    std::vector<std::size_t> inputs;
    for (const std::size_t tensor : layer.inputs) inputs.push_back(tensors[tensor]);
    if (std::holds_alternative<GlobalAverageLayer>(layer.kind) && input.height * input.width == 1) {
      tensors.push_back(inputs.front());  // the average of one pixel is that pixel
      continue;
    }
    network.nodes.push_back({layer.name, exported_operation(i), std::move(inputs)});
    tensors.push_back(network.nodes.size());
  }
  return network;
}

}  // namespace brownout::models
