// SPDX-License-Identifier: Apache-2.0
#include "tests/judge/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include "models/reference.h"

namespace brownout::judge {
namespace {

using models::Activation;
using models::Graph;
using models::Node;
using models::Tensor;

std::vector<Activation> judged_inputs(const Graph& graph, const Node& node,
                                      const Verdict& verdict) {
  std::vector<Activation> inputs;
  for (const TensorId id : node.inputs) {
    const Tensor& tensor = graph.tensor(id);
    inputs.push_back({tensor.shape, tensor.zero_point,
                      channels_last(verdict.codes.at(id.value()), tensor.shape)});
  }
  return inputs;
}

}  // namespace

void Difference::add(const std::vector<std::uint8_t>& ours,
                     const std::vector<std::uint8_t>& judge) {
  if (ours.size() != judge.size()) throw std::runtime_error("judge: another number of codes");
  codes += ours.size();
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const int difference = int{judge[i]} - int{ours[i]};
    if (difference == -1) ++lower;
    if (difference == 1) ++higher;
    if (std::abs(difference) > 1) ++larger;
    largest = std::max(largest, std::abs(difference));
  }
}

void Difference::add(const Difference& other) {
  codes += other.codes;
  lower += other.lower;
  higher += other.higher;
  larger += other.larger;
  largest = std::max(largest, other.largest);
}

double Difference::share() const {
  return static_cast<double>(lower + higher + larger) / static_cast<double>(codes);
}

std::string Difference::text() const {
  return fmt::format("{} codes, {} lower and {} higher by one, {} by more (up to {}): {:.3g} %",
                     codes, lower, higher, larger, largest, 100 * share());
}

void add_node_by_node(const Graph& graph, const Verdict& verdict,
                      DifferenceByOperation& difference) {
  for (const Node& node : graph.nodes) {
    const Tensor& output = graph.tensor(node.output);
    if (output.type != models::ElementType::kUint8) continue;
    const std::vector<Activation> inputs = judged_inputs(graph, node, verdict);
    std::vector<const Activation*> pointers;
    for (const Activation& input : inputs) pointers.push_back(&input);
    difference[models::operation_name(node.operation)].add(
        models::run_node(node, pointers).codes,
        channels_last(verdict.codes.at(node.output.value()), output.shape));
  }
}

double logit_error(const Graph& graph, const Verdict& verdict) {
  const Tensor& output = graph.tensor(graph.output);
  if (output.type == models::ElementType::kUint8) return 0;
  const Node& last = graph.nodes.back();
  const auto& conv = std::get<models::Conv>(last.operation);
  const std::vector<Activation> inputs = judged_inputs(graph, last, verdict);
  const auto sums = models::accumulate_conv(inputs.front(), conv, conv.weights);
  const std::vector<float> judged = channels_last(verdict.output, output.shape);
  const auto channels = static_cast<std::size_t>(output.shape.channels);
  double error = 0;
  double largest = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double scale = output.scale[output.scale.size() == 1 ? 0 : i % channels];
    error = std::max(error, std::fabs(scale * sums[i] - static_cast<double>(judged[i])));
    largest = std::max(largest, std::fabs(scale * sums[i]));
  }
  return largest > 0 ? error / largest : error;
}

}  // namespace brownout::judge
