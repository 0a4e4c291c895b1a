// SPDX-License-Identifier: Apache-2.0
#include "models/train/residual_network.h"

#include <fmt/format.h>

namespace brownout::models {
namespace {

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kFloat32).contiguous();
  const float* data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

}  // namespace

ConvUnit::ConvUnit(const Shape& shape)
    : conv_(torch::nn::Conv2dOptions(shape.inputs, shape.outputs, shape.kernel)
                .stride(shape.stride)
                .padding(shape.kernel / 2)
                .bias(false)),
      norm_(torch::nn::BatchNorm2dOptions(shape.outputs)) {
  register_module("conv", conv_);
  register_module("norm", norm_);
  // He et al., "Delving deep into rectifiers", 2015.
  torch::nn::init::kaiming_normal_(conv_->weight, 0.0, torch::kFanOut, torch::kReLU);
}

torch::Tensor ConvUnit::forward(const torch::Tensor& input) { return norm_(conv_(input)); }

FloatConv ConvUnit::exported(bool relu) const {
  FloatConv result;
  const auto kernel = static_cast<int>(conv_->weight.size(2));
  const auto stride = static_cast<int>(conv_->options.stride()->at(0));
  const int pad = kernel / 2;
  result.window = {kernel, kernel, stride, stride, pad, pad, pad, pad, 1, 1};
  result.outputs = static_cast<int>(conv_->weight.size(0));
  result.weights = to_vector(conv_->weight);
  result.batch_norm =
      BatchNorm{to_vector(norm_->weight), to_vector(norm_->bias), to_vector(norm_->running_mean),
                to_vector(norm_->running_var), norm_->options.eps()};
  result.relu = relu;
  return result;
}

ResidualBlock::ResidualBlock(int inputs, int outputs, int stride) {
  first_ = register_module("first",
                           std::make_shared<ConvUnit>(ConvUnit::Shape{inputs, outputs, 3, stride}));
  second_ = register_module("second",
                            std::make_shared<ConvUnit>(ConvUnit::Shape{outputs, outputs, 3, 1}));
  if (stride == 1 && inputs == outputs) return;
  shortcut_ = register_module(
      "shortcut", std::make_shared<ConvUnit>(ConvUnit::Shape{inputs, outputs, 1, stride}));
}

torch::Tensor ResidualBlock::forward(const torch::Tensor& input) {
  const torch::Tensor straight = second_->forward(torch::relu(first_->forward(input)));
  return torch::relu(straight + (shortcut_ ? shortcut_->forward(input) : input));
}

void ResidualBlock::append_to(FloatNetwork& network, const std::string& prefix) const {
  const std::size_t input = network.nodes.size();
  network.nodes.push_back({prefix + "_conv1", first_->exported(true), {input}});
  network.nodes.push_back({prefix + "_conv2", second_->exported(false), {input + 1}});
  std::size_t shortcut = input;
  if (shortcut_) {
    network.nodes.push_back({prefix + "_shortcut", shortcut_->exported(false), {input}});
    shortcut = input + 3;
  }
  network.nodes.push_back({prefix + "_add", FloatAdd{true}, {input + 2, shortcut}});
}

ResidualNetwork::ResidualNetwork(const ResidualNetworkConfig& config, const Shape& input,
                                 int classes)
    : input_(input), classifier_(config.widths.back(), classes) {
  stem_ = register_module(
      "stem", std::make_shared<ConvUnit>(ConvUnit::Shape{input.channels, config.stem, 3, 1}));
  int channels = config.stem;
  for (std::size_t stage = 0; stage < config.widths.size(); ++stage) {
    for (int i = 0; i < config.blocks[stage]; ++i) {
      const int stride = i == 0 ? config.strides[stage] : 1;
      const auto name = fmt::format("stage{}_block{}", stage + 1, i + 1);
      blocks_.push_back(register_module(
          name, std::make_shared<ResidualBlock>(channels, config.widths[stage], stride)));
      channels = config.widths[stage];
    }
  }
  register_module("classifier", classifier_);
}

torch::Tensor ResidualNetwork::forward(const torch::Tensor& images) {
  torch::Tensor x = torch::relu(stem_->forward(images));
  for (const auto& block : blocks_) x = block->forward(x);
  return classifier_(x.mean({2, 3}));
}

FloatNetwork ResidualNetwork::exported() const {
  FloatNetwork network;
  network.input = input_;
  network.nodes.push_back({"stem", stem_->exported(true), {0}});
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    blocks_[i]->append_to(network, fmt::format("block{}", i + 1));
  }
  const Shape features = tensor_shapes(network).back();
  FloatAveragePool pool;
  pool.window.kernel_h = features.height;
  pool.window.kernel_w = features.width;
  network.nodes.push_back({"pool", pool, {network.nodes.size()}});
  FloatConv linear;
  linear.outputs = static_cast<int>(classifier_->weight.size(0));
  linear.weights = to_vector(classifier_->weight);
  linear.bias = to_vector(classifier_->bias);
  network.nodes.push_back({"classifier", linear, {network.nodes.size()}});
  return network;
}

}  // namespace brownout::models
