// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/requantize.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr int kHighestCode = 255;
/// Smallest requantisation ratio used: 256 codes of offset still fit the largest bias, and a
/// typical accumulator (below 2^18) moves the output by less than a tenth of a code.
const double kSmallestRatio = std::ldexp(1.0, -22);
/// Leaves accumulators room in int32. A larger offset is cut off: it saturates the code anyway.
const double kLargestBias = std::ldexp(1.0, 30);

double as_float32(double value) { return static_cast<double>(static_cast<float>(value)); }

/// Codes a result may have behind a ReLU up to `ceiling`, or without one.
OutputRange code_range(bool relu, double ceiling, const Tensor& output) {
  OutputRange range{output.zero_point, 0, kHighestCode};
  if (!relu) return range;
  range.lowest = output.zero_point;
  const double highest = std::round(ceiling / output.scale.front()) + output.zero_point;
  range.highest = static_cast<int>(std::clamp<double>(highest, range.lowest, kHighestCode));
  return range;
}

/// s_w for each output channel; all equal unless `per_channel`.
std::vector<double> weight_steps(const FloatConv& conv, const QuantizeConfig& config) {
  const auto outputs = static_cast<std::size_t>(conv.outputs);
  const std::size_t parts = config.per_channel ? outputs : 1;
  const std::size_t size = conv.weights.size() / parts;
  const int levels = (1 << (config.weight_bits - 1)) - 1;
  std::vector<double> steps;
  for (std::size_t part = 0; part < parts; ++part) {
    double step = weight_step({conv.weights.data() + part * size, size}, levels, config.span);
    if (config.clip) step = config.clip->limited(step, levels);
    steps.push_back(step > 0.0 ? as_float32(step) : 1.0);  // all-zero weights
  }
  steps.resize(outputs, steps.front());
  return steps;
}

std::vector<std::int8_t> weight_codes(const FloatConv& conv, const std::vector<double>& steps,
                                      int weight_bits) {
  const std::size_t fan_in = conv.weights.size() / steps.size();
  const double levels = static_cast<double>((1 << (weight_bits - 1)) - 1);
  std::vector<std::int8_t> codes(conv.weights.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::size_t channel = i / fan_in;
    const double code = std::round(static_cast<double>(conv.weights[i]) / steps[channel]);
    const double sign = channel_affine(conv, channel).gain < 0.0 ? -1.0 : 1.0;
    codes[i] = static_cast<std::int8_t>(sign * std::clamp(code, -levels, levels));
  }
  return codes;
}

/// Real value of one accumulator step of a channel: input scale x s_w x |gain|, or what keeps
/// multiplier and bias representable where that is smaller.
double accumulator_unit(const ChannelAffine& affine, double input_step, const Tensor* output) {
  const double smallest = output != nullptr ? output->scale.front() * kSmallestRatio
                                            : std::max(input_step * kSmallestRatio,
                                                       std::fabs(affine.offset) / kLargestBias);
  return std::max(std::fabs(affine.gain) * input_step, smallest);
}

/// `output` is null for the logits, which stay accumulators.
Conv quantize_conv(const FloatConv& conv, const Tensor& input, const Tensor* output,
                   const QuantizeConfig& config) {
  const auto outputs = static_cast<std::size_t>(conv.outputs);
  const double input_scale = input.scale.front();
  const std::vector<double> steps = weight_steps(conv, config);
  Conv result;
  result.window = conv.window;
  result.groups = conv.groups;
  result.weights = weight_codes(conv, steps, config.weight_bits);
  std::vector<double> ratios;
  for (std::size_t o = 0; o < outputs; ++o) {
    const ChannelAffine affine = channel_affine(conv, o);
    const double unit = accumulator_unit(affine, input_scale * steps[o], output);
    const double scale = as_float32(unit / input_scale);
    const double bias = std::round(affine.offset / (input_scale * scale));
    if (!std::isfinite(scale) || std::isnan(bias)) {
      throw InputError(
          fmt::format("output channel {} has gain {} and offset {}, which no scale fits", o,
                      affine.gain, affine.offset));
    }
    result.weight_scale.push_back(scale);
    result.bias.push_back(static_cast<std::int32_t>(std::clamp(bias, -kLargestBias, kLargestBias)));
    if (output != nullptr) ratios.push_back(input_scale * scale / output->scale.front());
  }
  const auto differs = [&](double scale) { return scale != result.weight_scale.front(); };
  if (std::none_of(result.weight_scale.begin(), result.weight_scale.end(), differs)) {
    result.weight_scale.resize(1);
    if (output != nullptr) ratios.resize(1);
  }
  if (output != nullptr) {
    const OutputRange range = code_range(conv.relu, conv.ceiling, *output);
    result.requantizer = make_requantizer(ratios, range.zero_point, range.lowest, range.highest);
  }
  return result;
}

AveragePool quantize_pool(const FloatAveragePool& pool, const Tensor& input, const Tensor& output) {
  const double size = pool.window.kernel_h * pool.window.kernel_w;
  const double ratio = input.scale.front() / (output.scale.front() * size);
  return {pool.window, make_requantizer({ratio}, output.zero_point, 0, kHighestCode)};
}

Concat quantize_concat(const FloatNode& node, const Graph& graph, const Tensor& output) {
  std::vector<double> scales;
  for (const std::size_t t : node.inputs) scales.push_back(graph.tensors[t].scale.front());
  return make_concat(scales, output.scale.front(), {output.zero_point, 0, kHighestCode});
}

Operation quantize_operation(const FloatNode& node, const Graph& graph, const Tensor* output,
                             const QuantizeConfig& config) {
  const auto input = [&](std::size_t i) -> const Tensor& { return graph.tensors[node.inputs[i]]; };
  if (const auto* conv = std::get_if<FloatConv>(&node.operation)) {
    return quantize_conv(*conv, input(0), output, config);
  }
  require(output != nullptr, "only a convolution gives logits");
  if (const auto* pool = std::get_if<FloatAveragePool>(&node.operation)) {
    return quantize_pool(*pool, input(0), *output);
  }
  if (const auto* pool = std::get_if<FloatMaxPool>(&node.operation)) return MaxPool{pool->window};
  if (const auto* rearrange = std::get_if<Rearrange>(&node.operation)) return *rearrange;
  if (std::holds_alternative<FloatFlatten>(node.operation)) return Flatten{};
  if (std::holds_alternative<FloatConcat>(node.operation)) {
    return quantize_concat(node, graph, *output);
  }
  if (const auto* function = std::get_if<FloatFunction>(&node.operation)) {
    return make_table(function->function, {input(0).scale.front(), input(0).zero_point},
                      {output->scale.front(), output->zero_point});
  }
  const auto& add = std::get<FloatAdd>(node.operation);
  return make_add(input(0).scale.front(), input(1).scale.front(), output->scale.front(),
                  code_range(add.relu, add.ceiling, *output));
}

/// Whether codes are only chosen or moved, so that they keep their meaning.
bool keeps_coding(const FloatOperation& operation) {
  return std::holds_alternative<FloatMaxPool>(operation) ||
         std::holds_alternative<Rearrange>(operation) ||
         std::holds_alternative<FloatFlatten>(operation);
}

Tensor coded_tensor(const std::string& name, const Shape& shape, const Range& range) {
  const ActivationCoding coding = activation_coding(range);
  return {name, shape, ElementType::kUint8, {coding.scale}, coding.zero_point};
}

void take_coding(Tensor& output, const Tensor& input) {
  output.scale = input.scale;
  output.zero_point = input.zero_point;
}

Tensor logits_tensor(const std::string& name, const Shape& shape, const Tensor& input,
                     const Conv& conv) {
  Tensor tensor = {name, shape, ElementType::kInt32, {}, 0};
  for (const double scale : conv.weight_scale) tensor.scale.push_back(input.scale.front() * scale);
  return tensor;
}

void check_arguments(const FloatNetwork& network, const std::vector<Range>& ranges,
                     const QuantizeConfig& config) {
  if (config.weight_bits < 2 || config.weight_bits > 8) {
    throw InputError(fmt::format("weight bits are {}, allowed are 2 to 8", config.weight_bits));
  }
  if (ranges.size() != network.nodes.size() + 1) {
    throw InputError(fmt::format("network '{}' needs {} ranges, got {}", network.name,
                                 network.nodes.size() + 1, ranges.size()));
  }
  if (network.nodes.empty()) throw InputError(fmt::format("network '{}' is empty", network.name));
}

/// Whether the network's result stays as the accumulators of its last layer; codes otherwise.
bool ends_in_logits(const FloatNetwork& network) {
  const auto* conv = std::get_if<FloatConv>(&network.nodes.back().operation);
  return conv != nullptr && !conv->relu;
}

}  // namespace

Graph quantize(const FloatNetwork& network, const std::vector<Range>& ranges,
               const QuantizeConfig& config) {
  check_arguments(network, ranges, config);
  const std::vector<Shape> shapes = tensor_shapes(network);
  Graph graph;
  graph.name = network.name;
  graph.preprocessing = network.preprocessing;
  graph.tensors.push_back(coded_tensor("image", network.input, ranges.front()));
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const FloatNode& node = network.nodes[i];
    const bool logits =
        i + 1 == network.nodes.size() && !config.coded_output && ends_in_logits(network);
    Tensor output = coded_tensor(node.name + "_out", shapes[i + 1], ranges[i + 1]);
    if (keeps_coding(node.operation)) {
      take_coding(output, graph.tensors[node.inputs.front()]);
    }
    Operation operation = quantize_operation(node, graph, logits ? nullptr : &output, config);
    if (logits) {
      output = logits_tensor("logits", shapes[i + 1], graph.tensors[node.inputs.front()],
                             std::get<Conv>(operation));
    }
    Node result = {
        node.name, std::move(operation), {}, TensorId(static_cast<std::uint32_t>(i + 1))};
    for (const std::size_t t : node.inputs) {
      result.inputs.emplace_back(static_cast<std::uint32_t>(t));
    }
    graph.nodes.push_back(std::move(result));
    graph.tensors.push_back(std::move(output));
  }
  graph.input = TensorId(0);
  graph.output = TensorId(static_cast<std::uint32_t>(network.nodes.size()));
  validate(graph);
  return graph;
}

}  // namespace brownout::models
