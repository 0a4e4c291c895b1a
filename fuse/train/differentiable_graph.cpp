// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/differentiable_graph.h"

#include <cmath>
#include <cstdlib>
#include <utility>

#include "fuse/train/differentiable_ops.h"
#include "models/train/tensors.h"

namespace brownout::fuse {
namespace {

using models::Conv;
using models::Node;
using models::Requantizer;
using models::Tensor;

double ratio(const Requantizer& r, std::size_t channel) {
  const std::size_t i = r.multiplier.size() == 1 ? 0 : channel;
  return std::ldexp(r.multiplier[i], -r.shift[i]);
}

/// Real value of one accumulator step of a channel.
double accumulator_step(const Conv& conv, const Tensor& output, std::size_t channel) {
  if (conv.requantizer.multiplier.empty()) {
    return output.scale[output.scale.size() == 1 ? 0 : channel];
  }
  return output.scale.front() * ratio(conv.requantizer, channel);
}

/// `real` times `factor`, which scales that follow from each other make 1 but for rounding.
torch::Tensor scaled(const torch::Tensor& real, double factor) {
  return std::fabs(factor - 1) < 1e-7 ? real : real * factor;
}

torch::Tensor channel_values(const std::vector<float>& values, torch::ScalarType type) {
  return torch::tensor(values).to(type);
}

}  // namespace

DifferentiableGraph::DifferentiableGraph(const models::Graph& graph, torch::ScalarType type,
                                         bool rounded)
    : graph_(graph), type_(type), rounded_(rounded), last_user_(graph.tensors.size(), 0) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    for (const TensorId input : node.inputs) last_user_.at(input.value()) = i;
    Prepared& prepared = prepared_.emplace_back();
    const auto* conv = std::get_if<Conv>(&node.operation);
    if (conv == nullptr) continue;
    const double input_step = graph.tensor(node.inputs.front()).scale.front();
    std::vector<float> factors;
    std::vector<float> biases;
    for (std::size_t o = 0; o < conv->bias.size(); ++o) {
      const double step = accumulator_step(*conv, graph.tensor(node.output), o);
      factors.push_back(static_cast<float>(step / input_step));
      biases.push_back(static_cast<float>(step * conv->bias[o]));
    }
    prepared.factor = channel_values(factors, torch::kFloat32).view({-1, 1, 1, 1});
    prepared.bias = channel_values(biases, type);
  }
}

DifferentiableGraph::Weights DifferentiableGraph::weights(
    const std::vector<std::vector<std::int8_t>>& codes) const {
  Weights weights(graph_.nodes.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto* conv = std::get_if<Conv>(&graph_.nodes[i].operation);
    if (conv == nullptr) continue;
    const auto outputs = static_cast<std::int64_t>(conv->bias.size());
    const auto count = static_cast<std::int64_t>(codes[i].size());
    // from_blob takes no const; nothing writes through it.
    const torch::Tensor stored =
        torch::from_blob(const_cast<std::int8_t*>(codes[i].data()), {count}, torch::kInt8)
            .view({outputs, -1, conv->window.kernel_h, conv->window.kernel_w});
    weights[i] = (stored.to(torch::kFloat32) * prepared_[i].factor).to(type_);
  }
  return weights;
}

DifferentiableGraph::Weights DifferentiableGraph::clean_weights() const {
  std::vector<std::vector<std::int8_t>> codes(graph_.nodes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (const auto* conv = std::get_if<Conv>(&graph_.nodes[i].operation)) codes[i] = conv->weights;
  }
  return weights(codes);
}

torch::Tensor DifferentiableGraph::coded(const torch::Tensor& real, const Tensor& tensor,
                                         int lowest, int highest) const {
  const double step = tensor.scale.front();
  return to_codes(real,
                  {step, step * (lowest - tensor.zero_point), step * (highest - tensor.zero_point)},
                  rounded_);
}

torch::Tensor DifferentiableGraph::output(std::size_t index,
                                          const std::vector<torch::Tensor>& inputs,
                                          const Weights& weights) const {
  const Node& node = graph_.nodes[index];
  const Tensor& out = graph_.tensor(node.output);
  const auto in = [&](std::size_t i) -> const Tensor& { return graph_.tensor(node.inputs[i]); };
  /// Of an input's step over the output's, by the multiplier.
  const auto rescaled = [&](std::size_t i, double multiplier) {
    return scaled(inputs[i], multiplier * out.scale.front() / in(i).scale.front());
  };
  if (const auto* conv = std::get_if<Conv>(&node.operation)) {
    const torch::Tensor sum = convolve(inputs[0], *conv, weights[index], prepared_[index].bias);
    const Requantizer& r = conv->requantizer;
    return r.multiplier.empty() ? sum : coded(sum, out, r.lowest, r.highest);
  }
  if (const auto* pool = std::get_if<models::MaxPool>(&node.operation)) {
    return max_pool(inputs[0], pool->window, -in(0).zero_point * in(0).scale.front());
  }
  if (const auto* pool = std::get_if<models::AveragePool>(&node.operation)) {
    const Requantizer& r = pool->requantizer;
    std::vector<double> factors;  // one, or one a channel
    for (std::size_t c = 0; c < r.multiplier.size(); ++c) {
      factors.push_back(ratio(r, c) * out.scale.front() / in(0).scale.front());
    }
    const torch::Tensor sum = sum_pool(inputs[0], pool->window);
    return coded(sum * models::per_channel(factors).to(type_), out, r.lowest, r.highest);
  }
  if (const auto* add = std::get_if<models::Add>(&node.operation)) {
    const torch::Tensor sum = rescaled(0, std::ldexp(add->multiplier_a, -add->shift)) +
                              rescaled(1, std::ldexp(add->multiplier_b, -add->shift));
    return coded(sum, out, add->lowest, add->highest);
  }
  if (const auto* concat = std::get_if<models::Concat>(&node.operation)) {
    std::vector<torch::Tensor> parts;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      parts.push_back(rescaled(i, ratio(concat->requantizer, i)));
    }
    return coded(torch::cat(parts, 1), out, concat->requantizer.lowest,
                 concat->requantizer.highest);
  }
  if (const auto* picks = std::get_if<models::Rearrange>(&node.operation)) {
    return rearrange(inputs[0], *picks);
  }
  if (const auto* table = std::get_if<models::Table>(&node.operation)) {
    return look_up(inputs[0], *table, in(0), out);
  }
  if (std::holds_alternative<models::Flatten>(node.operation)) {
    return inputs[0].flatten(1).unsqueeze(2).unsqueeze(3);
  }
  return torch::relu(inputs[0]);
}

torch::Tensor DifferentiableGraph::forward(const torch::Tensor& input,
                                           const Weights& weights) const {
  std::vector<torch::Tensor> tensors(graph_.tensors.size());
  const Tensor& image = graph_.tensor(graph_.input);
  torch::Tensor start = input.to(type_);
  if (rounded_) start = coded(input, image, 0, 255);
  tensors[graph_.input.value()] = start;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    std::vector<torch::Tensor> inputs;
    for (const TensorId id : node.inputs) inputs.push_back(tensors[id.value()]);
    tensors[node.output.value()] = output(i, inputs, weights);
    for (const TensorId id : node.inputs) {
      if (last_user_[id.value()] == i && id != graph_.output) tensors[id.value()].reset();
    }
  }
  return tensors[graph_.output.value()].flatten(1).to(torch::kFloat32);
}

torch::Tensor DifferentiableGraph::preprocessed(const torch::Tensor& bytes) const {
  const models::Preprocessing& p = graph_.preprocessing;
  std::vector<double> factor;
  std::vector<double> offset;
  for (std::size_t c = 0; c < p.mean.size(); ++c) {
    factor.push_back(1 / (255 * p.deviation[c]));
    offset.push_back(-p.mean[c] / p.deviation[c]);
  }
  return bytes * models::per_channel(factor) + models::per_channel(offset);
}

}  // namespace brownout::fuse
