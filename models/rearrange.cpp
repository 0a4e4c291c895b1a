// SPDX-License-Identifier: Apache-2.0
#include "models/rearrange.h"

#include <numeric>
#include <optional>
#include <utility>

namespace brownout::models {
namespace {

std::vector<int> repeated(int extent, int factor) {
  std::vector<int> indices(static_cast<std::size_t>(extent * factor));
  for (int i = 0; i < extent * factor; ++i) indices[static_cast<std::size_t>(i)] = i / factor;
  return indices;
}

std::vector<int> taken(const std::vector<int>& first, const std::vector<int>& second) {
  std::vector<int> indices;
  indices.reserve(second.size());
  for (const int i : second) indices.push_back(i < 0 ? -1 : first.at(static_cast<std::size_t>(i)));
  return indices;
}

/// 0 unless every index is repeated equally often.
int factor_of(const std::vector<int>& indices, int extent) {
  const int size = static_cast<int>(indices.size());
  const int factor = extent > 0 && size % extent == 0 ? size / extent : 0;
  return factor > 0 && indices == repeated(extent, factor) ? factor : 0;
}

/// Rewrites a graph node by node; tensors of the old one stand for tensors of the new one.
class Merger {
 public:
  explicit Merger(Graph graph)
      : graph_(std::move(graph)),
        old_readers_(graph_.tensors.size(), 0),
        place_(graph_.tensors.size()) {
    for (const Node& node : graph_.nodes) {
      for (const TensorId id : node.inputs) ++old_readers_[id.value()];
    }
    ++old_readers_[graph_.output.value()];
  }

  Graph run() {
    result_.name = graph_.name;
    result_.preprocessing = graph_.preprocessing;
    result_.input = add_tensor(graph_.input);
    for (Node& node : graph_.nodes) add(std::move(node));
    result_.output = new_id(graph_.output);
    return std::move(result_);
  }

 private:
  TensorId add_tensor(TensorId old) {
    result_.tensors.push_back(graph_.tensor(old));
    readers_.push_back(old_readers_[old.value()]);
    place_[old.value()] = TensorId(static_cast<std::uint32_t>(result_.tensors.size() - 1));
    return *place_[old.value()];
  }
  [[nodiscard]] TensorId new_id(TensorId old) const { return place_[old.value()].value(); }

  void add(Node node) {
    for (TensorId& id : node.inputs) id = new_id(id);
    if (auto* rearrange = std::get_if<Rearrange>(&node.operation)) {
      if (const Rearrange* first = mergeable(node.inputs.front())) {
        *rearrange = composed(*first, *rearrange);
        node.inputs = result_.nodes.back().inputs;
        result_.nodes.pop_back();
        result_.tensors.pop_back();
        readers_.pop_back();
      }
      const TensorId input = node.inputs.front();
      if (*rearrange == identity(result_.tensor(input).shape)) {
        place_[node.output.value()] = input;
        readers_[input.value()] += old_readers_[node.output.value()] - 1;
        return;
      }
    }
    node.output = add_tensor(node.output);
    result_.nodes.push_back(std::move(node));
  }

  /// The rearrangement that gave `tensor`, where it is the last node and nobody else reads it.
  [[nodiscard]] const Rearrange* mergeable(TensorId tensor) const {
    if (result_.nodes.empty() || readers_[tensor.value()] != 1) return nullptr;
    const Node& last = result_.nodes.back();
    return last.output == tensor ? std::get_if<Rearrange>(&last.operation) : nullptr;
  }

  Graph graph_;  ///< its nodes move into the result
  std::vector<int> old_readers_;
  std::vector<std::optional<TensorId>> place_;
  Graph result_;
  std::vector<int> readers_;  ///< of the result's tensors
};

}  // namespace

std::vector<int> every(int extent) {
  std::vector<int> indices(static_cast<std::size_t>(extent));
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

Rearrange identity(const Shape& input) {
  return {every(input.height), every(input.width), every(input.channels)};
}

Rearrange upsampled(const Shape& input, int factor_h, int factor_w) {
  return {repeated(input.height, factor_h), repeated(input.width, factor_w), every(input.channels)};
}

UpsamplingFactors upsampling_of(const Rearrange& rearrange, const Shape& input) {
  const int height = factor_of(rearrange.rows, input.height);
  const int width = factor_of(rearrange.columns, input.width);
  if (height == 0 || width == 0 || rearrange.channels != every(input.channels)) return {};
  return {height, width};
}

Rearrange composed(const Rearrange& first, const Rearrange& second) {
  return {taken(first.rows, second.rows), taken(first.columns, second.columns),
          taken(first.channels, second.channels)};
}

Graph merge_rearrangements(Graph graph) { return Merger(std::move(graph)).run(); }

}  // namespace brownout::models
