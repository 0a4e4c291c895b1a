// SPDX-License-Identifier: Apache-2.0
#include "tests/models/onnx/exportable_graph.h"

#include <algorithm>
#include <random>

#include "models/onnx/scales.h"
#include "tests/support/random_graph.h"

namespace brownout::models {
namespace {

bool has_dilated_average(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
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
      } else {
        output.scale = input.scale;
      }
    }
  }

 private:
  void rescale(Conv& conv, const Tensor& input, Tensor& output, double scale) {
    for (double& weight_scale : conv.weight_scale) weight_scale = roll();
    if (conv.requantizer.multiplier.empty()) {
      output.scale = accumulator_scale(input, conv);
    } else {
      output.scale = {scale};
      conv.requantizer = conv_requantizer(input, conv, scale, range(conv.requantizer));
    }
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

Graph exportable_graph(std::uint64_t seed) {
  test_support::RandomGraphLimits limits;
  limits.decoders = false;
  Graph graph = test_support::random_graph(seed, limits);
  if (has_dilated_average(graph)) {
    limits.max_dilation = 1;
    graph = test_support::random_graph(seed, limits);
  }
  Rescaler(graph, seed).run();
  graph.preprocessing.mean.front() = 0.4914;
  graph.preprocessing.deviation.back() = 1.0 / 3;
  validate(graph);
  return graph;
}

}  // namespace brownout::models
