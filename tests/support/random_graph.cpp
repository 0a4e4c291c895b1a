// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "models/rearrange.h"
#include "models/requantize.h"
#include "tests/support/dice.h"
#include "tests/support/random_window.h"

namespace brownout::test_support {
namespace {

using models::Conv;
using models::Shape;
using models::Window;

std::int8_t roll_weight(Dice& dice) {
  return static_cast<std::int8_t>(dice.one_in(8) ? (dice.one_in(2) ? -128 : 127)
                                                 : dice.roll(-128, 127));
}

class Builder {
 public:
  Builder(std::uint64_t seed, const RandomGraphLimits& limits) : dice_(seed), limits_(limits) {
    graph_.name = "random-" + std::to_string(seed);
    const Shape shape = {dice_.roll(1, limits.max_channels), dice_.roll(1, limits.max_extent),
                         dice_.roll(1, limits.max_extent)};
    graph_.input = add_tensor(shape, roll_zero_point());
    const auto channels = static_cast<std::size_t>(shape.channels);
    graph_.preprocessing = {std::vector<double>(channels, 0.0), std::vector<double>(channels, 1.0)};
  }

  models::Graph build() {
    const int nodes = dice_.roll(1, limits_.max_nodes);
    while (node_count() + 1 < nodes) append_any(nodes - 1 - node_count());
    if (dice_.one_in(3)) {
      append_any(1);
    } else {
      append_conv(latest(), random_window(dice_, shape_of(latest()), limits_, true),
                  dice_.one_in(2));
    }
    graph_.output = latest();
    return std::move(graph_);
  }

 private:
  [[nodiscard]] int node_count() const { return static_cast<int>(graph_.nodes.size()); }
  [[nodiscard]] TensorId latest() const {
    return graph_.nodes.empty() ? graph_.input : graph_.nodes.back().output;
  }
  [[nodiscard]] const Shape& shape_of(TensorId id) const { return graph_.tensor(id).shape; }

  int roll_zero_point() { return dice_.one_in(3) ? 0 : dice_.roll(0, 255); }

  TensorId add_tensor(const Shape& shape, int zero_point) {
    models::Tensor tensor;
    tensor.name = "t" + std::to_string(graph_.tensors.size());
    tensor.shape = shape;
    tensor.scale = {1.0 / dice_.roll(1, 64)};
    tensor.zero_point = zero_point;
    graph_.tensors.push_back(tensor);
    return TensorId(static_cast<std::uint32_t>(graph_.tensors.size() - 1));
  }

  void append(models::Operation operation, std::vector<TensorId> inputs, int zero_point) {
    models::Node node;
    node.name = "n" + std::to_string(graph_.nodes.size());
    node.operation = std::move(operation);
    node.inputs = std::move(inputs);
    std::vector<Shape> shapes;
    for (const TensorId id : node.inputs) shapes.push_back(shape_of(id));
    node.output = add_tensor(models::infer_shape(node, shapes), zero_point);
    graph_.nodes.push_back(std::move(node));
  }

  /// One node, or a block of several when `room` is left.
  void append_any(int room) {
    const TensorId input = latest();
    const int zero_point = graph_.tensor(input).zero_point;
    switch (dice_.roll(0, limits_.decoders ? 18 : 9)) {
      case 0:
        return append(models::MaxPool{random_window(dice_, shape_of(input), limits_, false)},
                      {input}, zero_point);
      case 1:
        return append_average_pool(input);
      case 2:
        return append(models::Relu{}, {input}, zero_point);
      case 3:
        if (dice_.one_in(2)) return append(models::Flatten{}, {input}, zero_point);
        return append_add(input, input);
      case 4:
      case 5:
      case 6:
        if (room >= 3) return append_residual(input);
        break;
      case 10:
        return append_rearrange(input);
      case 11:
        return append_table(input);
      case 12:
      case 13:
      case 14:
        if (room >= 2) return append_concat(input, dice_.roll(2, std::min(3, room)));
        break;
      case 15:
      case 16:
        return append_conv(input, random_spread_window(dice_, shape_of(input), limits_), false);
      default:
        break;
    }
    append_conv(input, random_window(dice_, shape_of(input), limits_, true), false);
  }

  void append_average_pool(TensorId input) {
    models::AveragePool pool;
    pool.window = random_window(dice_, shape_of(input), limits_, false);
    const double taps = pool.window.kernel_h * pool.window.kernel_w;
    pool.requantizer = roll_requantizer(shape_of(input).channels, 64 * std::sqrt(taps));
    append(pool, {input}, pool.requantizer.zero_point);
  }

  [[nodiscard]] models::OutputRange roll_range() {
    const int zero_point = roll_zero_point();
    const int lowest = dice_.roll(0, 40);
    return {zero_point, lowest, dice_.roll(200, 255)};
  }

  /// Pixels repeated, unless the image would outgrow what the other nodes can be tested with, or
  /// anything picked from anywhere.
  void append_rearrange(TensorId input) {
    const Shape& shape = shape_of(input);
    if (dice_.one_in(2)) {
      const auto factor = [&](int extent) {
        const int wanted = dice_.roll(1, 3);
        return extent * wanted > 2 * limits_.max_extent ? 1 : wanted;
      };
      const int factor_h = factor(shape.height);
      const int factor_w = factor(shape.width);
      append(models::upsampled(shape, factor_h, factor_w), {input},
             graph_.tensor(input).zero_point);
      return;
    }
    const models::Rearrange moved{pick(shape.height), pick(shape.width), pick(shape.channels)};
    append(moved, {input}, graph_.tensor(input).zero_point);
  }

  /// A stretch of 0 .. extent - 1, forwards or backwards, in a frame of zeros, or any indices.
  std::vector<int> pick(int extent) {
    std::vector<int> indices = models::every(extent);
    if (dice_.one_in(3)) return indices;
    if (dice_.one_in(3)) {
      for (int& index : indices) index = dice_.roll(-1, extent - 1);
      return indices;
    }
    if (dice_.one_in(4)) std::reverse(indices.begin(), indices.end());
    indices.erase(indices.begin(), indices.begin() + dice_.roll(0, extent - 1));
    indices.insert(indices.begin(), static_cast<std::size_t>(dice_.roll(0, 1)), -1);
    indices.insert(indices.end(), static_cast<std::size_t>(dice_.roll(0, 1)), -1);
    return indices;
  }

  void append_table(TensorId input) {
    models::Table table;
    for (auto& code : table.codes) code = static_cast<std::uint8_t>(dice_.roll(0, 255));
    table.zero_point = roll_zero_point();
    append(table, {input}, table.zero_point);
  }

  /// The input and convolutions of it side by side, `count` nodes at most.
  void append_concat(TensorId input, int count) {
    std::vector<TensorId> parts = {input};
    while (static_cast<int>(parts.size()) < count) {
      append_rolled(roll_conv(input, same_window(), dice_.roll(1, limits_.max_channels), false),
                    input);
      parts.push_back(latest());
    }
    if (shape_of(input).channels > limits_.max_channels) parts.erase(parts.begin());
    if (parts.size() < 2) parts.push_back(parts.front());
    if (dice_.one_in(2)) std::reverse(parts.begin(), parts.end());
    std::vector<double> scales;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      scales.push_back(dice_.one_in(3) ? 1.0 / 16 : 1.0 / dice_.roll(1, 64));
    }
    models::Concat concat = models::make_concat(scales, 1.0 / 16, roll_range());
    if (limits_.extreme_numbers && dice_.one_in(3)) {
      concat.requantizer.shift.front() = dice_.roll(1, 62);
    }
    append(concat, parts, concat.requantizer.zero_point);
  }

  void append_add(TensorId a, TensorId b) {
    const models::OutputRange range = roll_range();
    models::Add add = models::make_add(1.0 / dice_.roll(1, 64), 1.0 / dice_.roll(1, 64),
                                       1.0 / dice_.roll(1, 64), range);
    if (limits_.extreme_numbers && dice_.one_in(3)) {
      add.multiplier_a = dice_.roll(0, std::numeric_limits<std::int32_t>::max());
      add.multiplier_b = dice_.roll(0, std::numeric_limits<std::int32_t>::max());
      add.shift = dice_.roll(1, 62);
    }
    append(add, {a, b}, add.zero_point);
  }

  /// Two convolutions of the same input, or one and the input itself, added.
  void append_residual(TensorId input) {
    const bool identity = dice_.one_in(3);
    const Window window =
        identity ? same_window() : random_window(dice_, shape_of(input), limits_, true);
    const int channels = identity ? shape_of(input).channels : dice_.roll(1, limits_.max_channels);
    append_rolled(roll_conv(input, window, channels, false), input);
    TensorId other = input;
    if (!identity) {
      other = latest();
      append_rolled(roll_conv(input, window, channels, false), input);
    }
    append_add(latest(), other);
  }

  void append_conv(TensorId input, const Window& window, bool raw) {
    const bool keep_channels = limits_.groups && dice_.one_in(4);
    const int count =
        keep_channels ? shape_of(input).channels : dice_.roll(1, limits_.max_channels);
    Conv conv = roll_conv(input, window, count, raw);
    const auto channels = conv.bias.size();
    append_rolled(std::move(conv), input);
    if (!raw) return;
    models::Tensor& output = graph_.tensors.back();
    output.type = models::ElementType::kInt32;
    if (dice_.one_in(2)) output.scale.assign(channels, 0.01);
  }

  void append_rolled(Conv conv, TensorId input) {
    const int zero_point = conv.requantizer.multiplier.empty() ? 0 : conv.requantizer.zero_point;
    append(std::move(conv), {input}, zero_point);
  }

  Conv roll_conv(TensorId input, const Window& window, int channels, bool raw) {
    Conv conv;
    const int in = shape_of(input).channels;
    conv.window = window;
    if (limits_.groups && dice_.one_in(4)) {
      do {
        conv.groups = dice_.one_in(2) ? in : dice_.roll(1, in);
      } while (in % conv.groups != 0);
      // A residual block needs its channels as they are.
      if (channels % conv.groups != 0) conv.groups = 1;
      if (channels == in && dice_.one_in(2)) conv.groups = in;
    }
    const int volume = in / conv.groups * window.kernel_h * window.kernel_w;
    conv.weights.resize(static_cast<std::size_t>(channels) * static_cast<std::size_t>(volume));
    for (auto& weight : conv.weights) weight = roll_weight(dice_);
    conv.weight_scale.assign(dice_.one_in(2) ? 1 : static_cast<std::size_t>(channels), 0.01);
    for (int n = 0; n < channels; ++n) conv.bias.push_back(roll_bias());
    if (!raw) conv.requantizer = roll_requantizer(channels, 74 * 104 * std::sqrt(volume));
    return conv;
  }

  std::int32_t roll_bias() {
    if (limits_.extreme_numbers && dice_.one_in(6)) {
      const int distance = dice_.roll(0, 100000);
      return dice_.one_in(2) ? std::numeric_limits<std::int32_t>::max() - distance
                             : std::numeric_limits<std::int32_t>::min() + distance;
    }
    return dice_.roll(-20000, 20000);
  }

  /// Mostly spreads accumulators of the given deviation over the codes.
  models::Requantizer roll_requantizer(int channels, double deviation) {
    const bool wild = limits_.extreme_numbers && dice_.one_in(4);
    models::Requantizer r;
    const int pairs = dice_.one_in(2) ? 1 : channels;
    const int usual = 31 + static_cast<int>(std::log2(deviation / 64));
    for (int i = 0; i < pairs; ++i) {
      const int shift = wild ? dice_.roll(1, 62) : dice_.roll(usual - 1, usual + 1);
      r.multiplier.push_back(dice_.roll(1 << 30, std::numeric_limits<std::int32_t>::max()));
      r.shift.push_back(std::max(1, shift));
    }
    r.zero_point = roll_zero_point();
    if (dice_.one_in(3)) r.lowest = r.zero_point;
    if (dice_.one_in(4)) r.highest = dice_.roll(r.lowest, 255);
    return r;
  }

  /// 3x3 with padding 1, so that a residual addition fits.
  [[nodiscard]] Window same_window() const {
    Window w;
    if (limits_.max_kernel >= 3) {
      w.kernel_h = w.kernel_w = 3;
      w.pad_top = w.pad_left = w.pad_bottom = w.pad_right = 1;
    }
    return w;
  }

  Dice dice_;
  RandomGraphLimits limits_;
  models::Graph graph_;
};

}  // namespace

models::Graph random_graph(std::uint64_t seed, const RandomGraphLimits& limits) {
  constexpr std::uint64_t kNextDraw = 0x9e3779b97f4a7c15U;
  for (std::uint64_t draw = seed;; draw += kNextDraw) {
    models::Graph graph = Builder(draw, limits).build();
    models::validate(graph);
    // Upsampling twice and again makes networks that a test would wait a minute for.
    if (models::mac_count(graph) <= limits.max_macs) return graph;
  }
}

std::vector<std::uint8_t> random_input(const models::Graph& graph, std::uint64_t seed) {
  Dice dice(seed ^ 0x9e3779b97f4a7c15U);
  const models::Tensor& tensor = graph.tensor(graph.input);
  const int kind = dice.roll(0, 9);
  std::vector<std::uint8_t> codes(tensor.shape.elements());
  for (auto& code : codes) {
    int value = dice.roll(0, 255);
    if (kind == 0) value = 0;
    if (kind == 1) value = 255;
    if (kind == 2 && !dice.one_in(8)) value = tensor.zero_point;
    code = static_cast<std::uint8_t>(value);
  }
  return codes;
}

std::vector<std::int8_t> random_weights(std::size_t count, std::uint64_t seed) {
  Dice dice(seed ^ 0xd1b54a32d192ed03U);
  std::vector<std::int8_t> weights(count);
  for (auto& weight : weights) weight = roll_weight(dice);
  return weights;
}

}  // namespace brownout::test_support
