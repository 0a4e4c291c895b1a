// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/plan.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "models/requantize.h"
#include "sim/core/error.h"

namespace brownout::accel::fast {
namespace {

using models::Window;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// Zero point of what `node` leaves, as models::run_reference derives it.
int output_zero_point(const models::Node& node, int input_zero_point) {
  return std::visit(
      Overloaded{[](const models::Conv& conv) { return conv.requantizer.zero_point; },
                 [](const models::AveragePool& pool) { return pool.requantizer.zero_point; },
                 [](const models::Add& add) { return add.zero_point; },
                 [](const models::Concat& concat) { return concat.requantizer.zero_point; },
                 [](const models::Table& table) { return table.zero_point; },
                 [&](const auto&) { return input_zero_point; }},
      node.operation);
}

/// The window whose padding around the node's own input must read as the zero point, if any.
const Window* padded_window(const models::Node& node) {
  if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
    return conv->window.is_spread() ? nullptr : &conv->window;
  }
  if (const auto* pool = std::get_if<models::AveragePool>(&node.operation)) return &pool->window;
  return nullptr;
}

void widen_border(TensorLayout& layout, const Window& w) {
  layout.top = std::max(layout.top, w.pad_top);
  layout.left = std::max(layout.left, w.pad_left);
  layout.bottom = std::max(layout.bottom, w.pad_bottom);
  layout.right = std::max(layout.right, w.pad_right);
}

void place(TensorLayout& layout, std::size_t start) {
  const auto channels = static_cast<std::size_t>(layout.shape.channels);
  const int columns = layout.shape.width + layout.left + layout.right;
  const int padded_rows = layout.shape.height + layout.top + layout.bottom;
  layout.pitch = static_cast<std::size_t>(columns) * channels;
  layout.origin = static_cast<std::size_t>(layout.top) * layout.pitch +
                  static_cast<std::size_t>(layout.left) * channels;
  const auto rows = static_cast<std::size_t>(padded_rows);
  if (rows * layout.pitch > std::numeric_limits<std::int32_t>::max()) {
    throw InputError("an activation with its padding takes more than 2 GiB");
  }
  layout.bytes = (rows * layout.pitch + kSlack + sizeof(Line) - 1) / sizeof(Line) * sizeof(Line);
  layout.start = start;
}

void lay_out_tensors(Plan& plan) {
  const models::Graph& graph = plan.graph;
  plan.tensors.resize(graph.tensors.size());
  for (std::size_t i = 0; i < plan.tensors.size(); ++i) {
    plan.tensors[i].shape = graph.tensors[i].shape;
  }
  plan.tensors[graph.input.value()].zero_point = graph.tensor(graph.input).zero_point;
  for (const models::Node& node : graph.nodes) {
    TensorLayout& input = plan.tensors[node.inputs.front().value()];
    if (const Window* w = padded_window(node)) widen_border(input, *w);
    plan.tensors[node.output.value()].zero_point = output_zero_point(node, input.zero_point);
  }
  for (TensorLayout& layout : plan.tensors) {
    place(layout, plan.arena_bytes);
    plan.arena_bytes += layout.bytes;
    plan.largest_tensor = std::max(plan.largest_tensor, layout.bytes);
  }
}

/// Reserves the spread form of `in`, bordered for window `w`; gives its index.
std::size_t lay_out_spread(Plan& plan, const Window& w, const TensorLayout& in) {
  TensorLayout layout;
  layout.shape = {in.shape.channels, (in.shape.height - 1) * w.spread_h + 1,
                  (in.shape.width - 1) * w.spread_w + 1};
  layout.zero_point = in.zero_point;
  widen_border(layout, w);
  place(layout, plan.arena_bytes);
  plan.arena_bytes += layout.bytes;
  plan.tensors.push_back(layout);
  return plan.tensors.size() - 1;
}

void plan_pixels(WindowPlan& plan, const Window& w, const TensorLayout& in,
                 const TensorLayout& out) {
  const auto pitch = static_cast<std::int64_t>(in.pitch);
  const std::int64_t channels = in.shape.channels;
  for (int y = 0; y < out.shape.height; ++y) {
    for (int x = 0; x < out.shape.width; ++x) {
      const int row = in.top - w.pad_top + y * w.stride_h;
      const int column = in.left - w.pad_left + x * w.stride_w;
      plan.input_offsets.push_back(static_cast<std::int32_t>(row * pitch + column * channels));
      const std::size_t at = plan.raw ? out.shape.offset(y, x, 0) : out.offset(y, x);
      plan.output_offsets.push_back(static_cast<std::int32_t>(at));
    }
  }
  plan.pixels = static_cast<int>(plan.input_offsets.size());
  while (plan.input_offsets.size() % kTilePixels != 0) {
    plan.input_offsets.push_back(plan.input_offsets.back());
    plan.output_offsets.push_back(plan.output_offsets.back());
  }
}

/// Fills in the pieces of a window and where each weight goes. `channels` are those of a group.
void plan_segments(WindowPlan& plan, const Window& w, const TensorLayout& in) {
  const bool rows = w.dilation_w == 1 && plan.groups == 1 && !plan.depthwise;
  const int channels = plan.group_inputs;
  const int length = rows ? w.kernel_w * channels : channels;
  plan.quads = (length + 3) / 4;
  for (int ky = 0; ky < w.kernel_h; ++ky) {
    for (int kx = 0; kx < (rows ? 1 : w.kernel_w); ++kx) {
      plan.segment_offsets.push_back(
          static_cast<std::int32_t>(static_cast<std::size_t>(ky * w.dilation_h) * in.pitch) +
          kx * w.dilation_w * in.shape.channels);
    }
  }
  const int inputs = plan.depthwise ? 1 : channels;
  for (int c = 0; c < inputs; ++c) {
    for (int ky = 0; ky < w.kernel_h; ++ky) {
      for (int kx = 0; kx < w.kernel_w; ++kx) {
        const int segment = rows ? ky : ky * w.kernel_w + kx;
        const int byte = rows ? kx * channels + c : c;
        const int position = plan.depthwise
                                 ? segment * plan.blocks() * kLanes
                                 : (segment * plan.quads + byte / 4) * kLanes * 4 + byte % 4;
        plan.weight_positions.push_back(static_cast<std::uint32_t>(position));
      }
    }
  }
  const std::size_t segments = plan.segment_offsets.size();
  const std::size_t block_bytes =
      plan.depthwise ? segments * kLanes
                     : segments * static_cast<std::size_t>(plan.quads) * sizeof(Line);
  plan.packed_bytes = block_bytes * static_cast<std::size_t>(plan.blocks());
}

WindowPlan plan_conv(const models::Conv& conv, const TensorLayout& in, const TensorLayout& out,
                     bool raw) {
  WindowPlan plan;
  plan.raw = raw;
  plan.depthwise =
      conv.groups == in.shape.channels && conv.groups == out.shape.channels && conv.groups > 1;
  plan.groups = plan.depthwise ? 1 : conv.groups;
  plan.group_inputs = in.shape.channels / plan.groups;
  plan.group_outputs = out.shape.channels / plan.groups;
  plan.zero_point = in.zero_point;
  plan.bias = conv.bias;
  if (!raw) plan.requant = make_requant(conv.requantizer, plan.groups, plan.group_outputs);
  plan_segments(plan, conv.window, in);
  plan_pixels(plan, conv.window, in, out);
  return plan;
}

/// Average pooling is the depthwise convolution with unit weights and no bias.
WindowPlan plan_average_pool(const models::AveragePool& pool, const TensorLayout& in,
                             const TensorLayout& out) {
  WindowPlan plan;
  plan.depthwise = true;
  plan.group_inputs = plan.group_outputs = in.shape.channels;
  plan.zero_point = in.zero_point;
  plan.bias.assign(static_cast<std::size_t>(in.shape.channels), 0);
  plan.requant = make_requant(pool.requantizer, 1, in.shape.channels);
  plan_segments(plan, pool.window, in);
  plan_pixels(plan, pool.window, in, out);
  return plan;
}

/// The ordinary convolution over the spread input.
WindowPlan plan_spread_conv(Plan& plan, const models::Conv& conv, const TensorLayout& in,
                            const TensorLayout& out, bool raw) {
  const std::size_t spread = lay_out_spread(plan, conv.window, in);
  WindowPlan window = plan_conv(conv, plan.tensors[spread], out, raw);
  window.spread_tensor = spread;
  window.spread_h = conv.window.spread_h;
  window.spread_w = conv.window.spread_w;
  return window;
}

/// Rescaling a code is looking it up.
LookupPlan plan_concat(const models::Concat& concat, const Plan& plan, const models::Node& node) {
  LookupPlan lookup;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    LookupPlan::Input& input = lookup.inputs.emplace_back();
    const int zero_point = plan.tensor(node.inputs[i]).zero_point;
    input.identity = true;
    for (int code = 0; code < 256; ++code) {
      const auto to = models::requantize(concat.requantizer, i, code - zero_point);
      input.table[static_cast<std::size_t>(code)] = to;
      input.identity = input.identity && to == code;
    }
  }
  return lookup;
}

NodePlan plan_node(Plan& plan, const models::Node& node) {
  // Copies, because a transposed convolution adds a tensor.
  const TensorLayout in = plan.tensor(node.inputs.front());
  const TensorLayout out = plan.tensor(node.output);
  const bool raw = plan.graph.tensor(node.output).type == models::ElementType::kInt32;
  return std::visit(
      Overloaded{
          [&](const models::Conv& conv) -> NodePlan {
            return conv.window.is_spread() ? plan_spread_conv(plan, conv, in, out, raw)
                                           : plan_conv(conv, in, out, raw);
          },
          [&](const models::AveragePool& pool) -> NodePlan {
            return plan_average_pool(pool, in, out);
          },
          [&](const models::Add& add) -> NodePlan {
            return make_add_plan(add, in.zero_point, plan.tensor(node.inputs[1]).zero_point);
          },
          [](const models::MaxPool& pool) -> NodePlan { return MaxPoolPlan{pool.window}; },
          [](const models::Relu&) -> NodePlan { return ReluPlan{}; },
          [](const models::Flatten&) -> NodePlan { return FlattenPlan{}; },
          [&](const models::Concat& concat) -> NodePlan { return plan_concat(concat, plan, node); },
          [](const models::Rearrange& rearrange) -> NodePlan { return RearrangePlan{rearrange}; },
          [](const models::Table& table) -> NodePlan {
            return LookupPlan{{{table.codes, false}}};
          }},
      node.operation);
}

}  // namespace

Plan make_plan(models::Graph graph, const Kernels& kernels) {
  Plan plan;
  plan.graph = std::move(graph);
  plan.kernels = &kernels;
  lay_out_tensors(plan);
  for (const models::Node& node : plan.graph.nodes) plan.nodes.push_back(plan_node(plan, node));
  return plan;
}

PackedNode pack_node(const WindowPlan& plan, const std::vector<std::int8_t>& weights) {
  const auto outputs = static_cast<std::size_t>(plan.group_outputs);
  const auto blocks = static_cast<std::size_t>(plan.blocks());
  const auto groups = static_cast<std::size_t>(plan.groups);
  const std::size_t volume = plan.weight_positions.size();
  PackedNode packed;
  packed.weights.resize((groups * plan.packed_bytes + sizeof(Line) - 1) / sizeof(Line));
  packed.bias.resize(groups * blocks * kLanes);
  auto* bytes = reinterpret_cast<std::int8_t*>(packed.weights.data());
  for (std::size_t channel = 0; channel < groups * outputs; ++channel) {
    const std::size_t group = channel / outputs;
    const std::size_t block = channel % outputs / kLanes;
    const std::size_t lane = channel % outputs % kLanes;
    std::int8_t* target =
        bytes + group * plan.packed_bytes +
        (plan.depthwise ? block * kLanes + lane : block * (plan.packed_bytes / blocks) + 4 * lane);
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < volume; ++k) {
      const std::int8_t weight = weights[channel * volume + k];
      target[plan.weight_positions[k]] = weight;
      sum += weight;
    }
    // Unsigned, because overflow must wrap.
    packed.bias[(group * blocks + block) * kLanes + lane] = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(plan.bias[channel]) -
        static_cast<std::uint32_t>(plan.zero_point) * static_cast<std::uint32_t>(sum));
  }
  return packed;
}

}  // namespace brownout::accel::fast
