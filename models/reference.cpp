// SPDX-License-Identifier: Apache-2.0
#include "models/reference.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

std::vector<std::int32_t> centred(const Activation& activation) {
  std::vector<std::int32_t> values(activation.codes.begin(), activation.codes.end());
  for (std::int32_t& value : values) value -= activation.zero_point;
  return values;
}

}  // namespace

Activation run_node(const Node& node, const std::vector<const Activation*>& inputs) {
  const Activation& input = *inputs.front();
  if (const auto* conv = std::get_if<Conv>(&node.operation)) {
    const int channels = static_cast<int>(conv->bias.size());
    return {output_shape(input.shape, conv->window, channels), conv->requantizer.zero_point,
            reference_requantize(accumulate_conv(input, *conv, conv->weights), conv->requantizer,
                                 channels)};
  }
  if (const auto* pool = std::get_if<MaxPool>(&node.operation)) {
    return reference_max_pool(input, *pool);
  }
  if (const auto* pool = std::get_if<AveragePool>(&node.operation)) {
    return reference_average_pool(input, *pool);
  }
  if (const auto* add = std::get_if<Add>(&node.operation)) {
    return reference_add(input, *inputs.at(1), *add);
  }
  if (const auto* concat = std::get_if<Concat>(&node.operation)) {
    return reference_concat(inputs, *concat);
  }
  if (const auto* rearrange = std::get_if<Rearrange>(&node.operation)) {
    return reference_rearrange(input, *rearrange);
  }
  if (const auto* table = std::get_if<Table>(&node.operation)) {
    return reference_table(input, *table);
  }
  if (std::holds_alternative<Flatten>(node.operation)) return reference_flatten(input);
  return reference_relu(input);
}

Inference run_reference(const Graph& graph, const std::vector<std::uint8_t>& input) {
  const Tensor& first = graph.tensor(graph.input);
  if (input.size() != first.shape.elements()) {
    throw InputError(fmt::format("input has {} codes, the network '{}' takes {}", input.size(),
                                 graph.name, first.shape.elements()));
  }
  std::vector<Activation> values(graph.tensors.size());
  values[graph.input.value()] = {first.shape, first.zero_point, input};
  Inference result;
  for (const Node& node : graph.nodes) {
    std::vector<const Activation*> inputs;
    for (const TensorId id : node.inputs) inputs.push_back(&values[id.value()]);
    if (graph.tensor(node.output).type == ElementType::kInt32) {
      const auto& conv = std::get<Conv>(node.operation);
      result.logits = accumulate_conv(*inputs.front(), conv, conv.weights);
      result.codes.emplace_back();
      continue;
    }
    values[node.output.value()] = run_node(node, inputs);
    result.codes.push_back(values[node.output.value()].codes);
  }
  if (result.logits.empty()) result.logits = centred(values[graph.output.value()]);
  return result;
}

int classify(const Graph& graph, const std::vector<std::int32_t>& logits) {
  const Tensor& output = graph.tensor(graph.output);
  const auto value = [&](std::size_t i) {
    const std::size_t channel = i % static_cast<std::size_t>(output.shape.channels);
    return logits[i] * output.scale[output.scale.size() == 1 ? 0 : channel];
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < logits.size(); ++i) {
    if (value(i) > value(best)) best = i;
  }
  return static_cast<int>(best);
}

}  // namespace brownout::models
