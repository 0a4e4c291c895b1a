// SPDX-License-Identifier: Apache-2.0
#include "tests/models/onnx/exportable_graph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>

#include "models/onnx/scales.h"
#include "models/rearrange.h"

namespace brownout::models {
namespace {

/// Whether ONNX lacks some node: a dilated average, or a stride over a spread input.
bool has_no_onnx_form(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    if (const auto* conv = std::get_if<Conv>(&node.operation)) {
      return conv->window.is_spread() && (conv->window.stride_h != 1 || conv->window.stride_w != 1);
    }
    const auto* pool = std::get_if<AveragePool>(&node.operation);
    return pool != nullptr && (pool->window.dilation_h != 1 || pool->window.dilation_w != 1);
  });
}

/// Gives every node new scales and the fixed-point numbers that follow from them.
class Rescaler {
 public:
  Rescaler(Graph& graph, std::uint64_t seed) : graph_(graph), engine_(seed) {}

  void run() {
    graph_.tensors.at(graph_.input.value()).scale = {roll()};
    for (Node& node : graph_.nodes) {
      const Tensor& input = graph_.tensor(node.inputs.front());
      Tensor& output = graph_.tensors.at(node.output.value());
      const double scale = roll();
      if (auto* conv = std::get_if<Conv>(&node.operation)) {
        rescale(*conv, input, output, scale);
      } else if (auto* pool = std::get_if<AveragePool>(&node.operation)) {
        output.scale = {scale};
        pool->requantizer = pool_requantizer(input, pool->window, scale, range(pool->requantizer));
      } else if (auto* add = std::get_if<Add>(&node.operation)) {
        output.scale = {scale};
        const double other = graph_.tensor(node.inputs.back()).scale.front();
        *add = make_add(input.scale.front(), other, scale,
                        {add->zero_point, add->lowest, add->highest});
      } else if (auto* concat = std::get_if<Concat>(&node.operation)) {
        output.scale = {scale};
        rescale(*concat, node, scale);
      } else if (auto* table = std::get_if<Table>(&node.operation)) {
        output.scale = {scale};
        rescale(*table, input, output);
      } else {
        output.scale = input.scale;
      }
    }
  }

 private:
  void rescale(Conv& conv, const Tensor& input, Tensor& output, double scale) {
    for (double& weight_scale : conv.weight_scale) weight_scale = roll();
    if (conv.window.is_spread() && conv.weight_scale.size() > 1) {  // every group has the same
      const std::size_t own = conv.bias.size() / static_cast<std::size_t>(conv.groups);
      if (own == 1) conv.weight_scale.resize(1);
      for (std::size_t i = own; i < conv.weight_scale.size(); ++i) {
        conv.weight_scale[i] = conv.weight_scale[i - own];
      }
    }
    if (conv.requantizer.multiplier.empty()) {
      output.scale = accumulator_scale(input, conv);
    } else {
      output.scale = {scale};
      conv.requantizer = conv_requantizer(input, conv, scale, range(conv.requantizer));
    }
  }

  void rescale(Concat& concat, const Node& node, double scale) {
    std::vector<double> scales;
    for (const TensorId id : node.inputs) scales.push_back(graph_.tensor(id).scale.front());
    concat.requantizer = concat_requantizer(scales, scale, range(concat.requantizer));
  }

  /// Tanh, sigmoid, a clip within the codes of the input, or a change of scale alone.
  void rescale(Table& table, const Tensor& input, const Tensor& output) {
    const double step = input.scale.front();
    const double lowest = step * (static_cast<int>(engine_() % 100) - input.zero_point);
    const double highest = step * (200 - input.zero_point);
    const std::array<std::function<double(double)>, 4> functions = {
        [](double x) { return std::tanh(x); }, sigmoid,
        [=](double x) { return std::clamp(x, lowest, highest); }, [](double x) { return x; }};
    table = make_table(functions.at(engine_() % 4), {step, input.zero_point},
                       {output.scale.front(), output.zero_point});
  }

  [[nodiscard]] static OutputRange range(const Requantizer& r) {
    return {r.zero_point, r.lowest, r.highest};
  }

  /// 1/512 .. 1, not a power of two, float32.
  double roll() {
    return static_cast<double>(
        static_cast<float>((1.0 + static_cast<double>(engine_() % 511)) / 511.7));
  }

  Graph& graph_;
  std::mt19937_64 engine_;
};

}  // namespace

Graph exportable_graph(std::uint64_t seed, test_support::RandomGraphLimits limits) {
  Graph graph = test_support::random_graph(seed, limits);
  if (has_no_onnx_form(graph)) {
    limits.max_dilation = limits.max_stride = 1;
    graph = test_support::random_graph(seed, limits);
  }
  Rescaler(graph, seed).run();
  graph.preprocessing.mean.front() = 0.4914;
  graph.preprocessing.deviation.back() = 1.0 / 3;
  validate(graph);
  return merge_rearrangements(graph);  // as the importer leaves it
}

}  // namespace brownout::models
