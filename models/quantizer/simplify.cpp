// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "models/quantizer/float_network.h"
#include "models/rearrange.h"

namespace brownout::models {
namespace {

/// Zeros in front of and behind an axis that is otherwise as it was.
struct AxisPadding {
  int before = 0;
  int after = 0;
};

std::optional<AxisPadding> padding_of(std::vector<int> indices, int extent) {
  const auto is_zero = [](int index) { return index < 0; };
  const auto first = std::find_if_not(indices.begin(), indices.end(), is_zero);
  AxisPadding padding;
  padding.before = static_cast<int>(first - indices.begin());
  padding.after = static_cast<int>(indices.size()) - padding.before - extent;
  indices.erase(indices.begin(), first);
  if (padding.after < 0) return std::nullopt;
  indices.resize(static_cast<std::size_t>(extent));
  return indices == every(extent) ? std::optional(padding) : std::nullopt;
}

/// The window of an operation whose padding reads as zero; null for others.
Window* zero_padded_window(FloatOperation& operation) {
  if (auto* conv = std::get_if<FloatConv>(&operation)) {
    return conv->window.is_spread() ? nullptr : &conv->window;
  }
  auto* pool = std::get_if<FloatAveragePool>(&operation);
  return pool != nullptr ? &pool->window : nullptr;
}

/// Rewrites a network node by node.
class Simplifier {
 public:
  explicit Simplifier(FloatNetwork network)
      : result_(std::move(network)), shapes_(tensor_shapes(result_)), readers_(shapes_.size(), 0) {
    readers_.back() = 1;  // whoever wants the result
    for (std::size_t i = result_.nodes.size(); i-- > 0;) {
      if (readers_[i + 1] == 0) continue;
      for (const std::size_t tensor : result_.nodes[i].inputs) ++readers_[tensor];
    }
  }

  FloatNetwork run() {
    std::vector<FloatNode> nodes = std::exchange(result_.nodes, {});
    place_ = {0};
    new_shapes_ = {result_.input};
    for (FloatNode& node : nodes) add(std::move(node));
    return std::move(result_);
  }

 private:
  /// The rearrangement that gives the old tensor, if that has one reader and has just been added;
  /// null otherwise.
  const FloatNode* rearranged(std::size_t old) const {
    const bool newest = place_[old] == result_.nodes.size() && !result_.nodes.empty();
    if (!newest || readers_[old] != 1) return nullptr;
    const FloatNode& last = result_.nodes.back();
    return std::holds_alternative<Rearrange>(last.operation) ? &last : nullptr;
  }

  /// Takes the padding of the input's rearrangement into `node`; whether that was all it did.
  bool absorb_padding(FloatNode& node, const FloatNode& before) {
    Window* window = zero_padded_window(node.operation);
    if (window == nullptr) return false;
    const auto& moved = std::get<Rearrange>(before.operation);
    const Shape& shape = new_shapes_[before.inputs.front()];
    const auto rows = padding_of(moved.rows, shape.height);
    const auto columns = padding_of(moved.columns, shape.width);
    if (!rows || !columns || moved.channels != every(shape.channels)) return false;
    window->pad_top += rows->before;
    window->pad_bottom += rows->after;
    window->pad_left += columns->before;
    window->pad_right += columns->after;
    return true;
  }

  void drop_last_into(FloatNode& node) {
    node.inputs = result_.nodes.back().inputs;
    result_.nodes.pop_back();
    new_shapes_.pop_back();
  }

  void add(FloatNode node) {
    if (readers_[place_.size()] == 0) {
      place_.push_back(0);  // nobody asks
      return;
    }
    const FloatNode* before = rearranged(node.inputs.front());
    for (std::size_t& tensor : node.inputs) tensor = place_[tensor];
    if (before != nullptr) {
      if (auto* rearrange = std::get_if<Rearrange>(&node.operation)) {
        *rearrange = composed(std::get<Rearrange>(before->operation), *rearrange);
        drop_last_into(node);
      } else if (absorb_padding(node, *before)) {
        drop_last_into(node);
      }
    }
    const auto* rearrange = std::get_if<Rearrange>(&node.operation);
    if (rearrange != nullptr && *rearrange == identity(new_shapes_[node.inputs.front()])) {
      place_.push_back(node.inputs.front());
      return;
    }
    new_shapes_.push_back(shapes_[place_.size()]);
    result_.nodes.push_back(std::move(node));
    place_.push_back(result_.nodes.size());
  }

  FloatNetwork result_;
  std::vector<Shape> shapes_;  ///< of the old tensors
  std::vector<int> readers_;
  std::vector<std::size_t> place_;  ///< in the result, of the old tensors so far
  std::vector<Shape> new_shapes_;
};

}  // namespace

FloatNetwork simplified(FloatNetwork network) { return Simplifier(std::move(network)).run(); }

}  // namespace brownout::models
