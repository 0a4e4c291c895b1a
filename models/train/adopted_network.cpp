// SPDX-License-Identifier: Apache-2.0
// Training that goes on from an integer network.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "models/train/trainable_network.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

/// What a convolution of an integer network does to its input's real values: channel c gives
/// factor[c] x (codes * input) + offset[c].
struct IntegerConv {
  torch::Tensor codes;   ///< [out][in][kernel_h][kernel_w]
  torch::Tensor factor;  ///< [out]
  torch::Tensor offset;  ///< [out]
};

IntegerConv integer_conv(const Conv& conv, const Tensor& input) {
  const auto outputs = static_cast<std::int64_t>(conv.bias.size());
  const Window& w = conv.window;
  const auto inputs =
      static_cast<std::int64_t>(conv.weights.size()) / (outputs * w.kernel_h * w.kernel_w);
  IntegerConv result;
  result.codes = torch::empty({outputs, inputs, w.kernel_h, w.kernel_w});
  std::copy(conv.weights.begin(), conv.weights.end(), result.codes.data_ptr<float>());
  result.factor = torch::empty({outputs}, torch::kFloat64);
  result.offset = torch::empty({outputs}, torch::kFloat64);
  for (std::int64_t o = 0; o < outputs; ++o) {
    const auto channel = static_cast<std::size_t>(o);
    const double scale = conv.weight_scale[conv.weight_scale.size() == 1 ? 0 : channel];
    result.factor[o] = scale;
    result.offset[o] = scale * input.scale.front() * conv.bias[channel];
  }
  return result;
}

/// In libtorch's order for a transposed convolution.
torch::Tensor transposed_back(const torch::Tensor& weights) {
  return weights.flip({2, 3}).transpose(0, 1).contiguous();
}

std::vector<const Node*> convolutions_of(const Graph& graph) {
  std::vector<const Node*> convolutions;
  for (const Node& node : graph.nodes) {
    if (std::holds_alternative<Conv>(node.operation)) convolutions.push_back(&node);
  }
  return convolutions;
}

[[noreturn]] void reject(const Graph& trained, const std::string& what) {
  throw InputError(fmt::format("network '{}': {}", trained.name, what));
}

}  // namespace

void TrainableNetwork::adopt_conv(const ConvLayer& layer, Part& part, const Node& trained,
                                  const Graph& graph, const torch::Tensor& input) const {
  const auto& operation = std::get<Conv>(trained.operation);
  const IntegerConv conv = integer_conv(operation, graph.tensor(trained.inputs.front()));
  torch::Tensor& weight = layer.transposed ? part.transposed->weight : part.conv->weight;
  torch::Tensor& bias = layer.transposed ? part.transposed->bias : part.conv->bias;
  const torch::Tensor codes = layer.transposed ? transposed_back(conv.codes) : conv.codes;
  if (codes.sizes() != weight.sizes()) {
    reject(graph, fmt::format("layer '{}' has weights of {}, allowed: {} of '{}'", trained.name,
                              fmt::join(codes.sizes(), " x "), fmt::join(weight.sizes(), " x "),
                              architecture_.name()));
  }
  if (!(operation.window == conv_window(layer))) {
    reject(graph,
           fmt::format("layer '{}' has another stride, padding or dilation than that of '{}'",
                       trained.name, architecture_.name()));
  }
  if (!layer.batch_norm) {
    const std::vector<std::int64_t> by_output = {layer.transposed ? 1 : -1,
                                                 layer.transposed ? -1 : 1, 1, 1};
    weight.copy_(codes * conv.factor.to(torch::kFloat32).view(by_output));
    if (bias.defined()) bias.copy_(conv.offset);
    return;
  }
  // Batch norm makes any size of the weights the same function; fresh ones have this one, for
  // which learning rates are chosen.
  const double size = weight.square().mean().sqrt().item<double>();
  const double step = size / codes.square().mean().sqrt().clamp_min(1e-6).item<double>();
  weight.copy_(codes * step);
  if (bias.defined()) bias.zero_();
  const torch::Tensor sum =
      (layer.transposed ? torch::conv_transpose2d(input, weight, {}, layer.stride, layer.padding)
                        : torch::conv2d(input, weight, {}, layer.stride, layer.padding))
          .to(torch::kFloat64);
  const torch::Tensor mean = sum.mean({0, 2, 3});
  const torch::Tensor variance = sum.var({0, 2, 3}, /*unbiased=*/false);
  const torch::Tensor factor = conv.factor / step;
  part.norm->running_mean.copy_(mean);
  part.norm->running_var.copy_(variance);
  part.norm->weight.copy_(factor * (variance + part.norm->options.eps()).sqrt());
  part.norm->bias.copy_(conv.offset + factor * mean);
}

void TrainableNetwork::adopt(const Graph& trained, const torch::Tensor& images) {
  const torch::NoGradGuard no_gradients;
  const std::vector<const Node*> convolutions = convolutions_of(trained);
  const auto wanted = std::count_if(parts_.begin(), parts_.end(), [](const Part& part) {
    return !part.conv.is_empty() || !part.transposed.is_empty();
  });
  if (static_cast<std::size_t>(wanted) != convolutions.size()) {
    reject(trained, fmt::format("has {} convolutions, allowed: {}, those of '{}'",
                                convolutions.size(), wanted, architecture_.name()));
  }
  const bool was_training = is_training();
  eval();
  std::vector<torch::Tensor> tensors = {images};
  auto next = convolutions.begin();
  for (std::size_t i = 0; i < architecture_.layers().size(); ++i) {
    const Layer& layer = architecture_.layers()[i];
    if (const auto* conv = std::get_if<ConvLayer>(&layer.kind)) {
      adopt_conv(*conv, parts_[i], **next++, trained, tensors[layer.inputs.front()]);
    }
    tensors.push_back(output(i, tensors));
  }
  train(was_training);
}

}  // namespace brownout::models
