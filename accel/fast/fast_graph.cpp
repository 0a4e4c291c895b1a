// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/fast_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "accel/fast/channel_ops.h"
#include "accel/fast/coded_words.h"
#include "accel/fast/partial_sums.h"
#include "accel/fast/plan.h"
#include "models/requantize.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using fast::Line;
using fast::PackedNode;
using fast::WindowPlan;

models::Graph validated(models::Graph graph) {
  models::validate(graph);
  return graph;
}

std::uint8_t* bytes_of(std::vector<Line>& lines) {
  return reinterpret_cast<std::uint8_t*>(lines.data());
}

/// Everything of a window task but the buffers, for one group.
fast::WindowTask make_task(const WindowPlan& plan, const PackedNode& packed, int group) {
  const auto g = static_cast<std::size_t>(group);
  const auto blocks = static_cast<std::size_t>(plan.blocks());
  fast::WindowTask task;
  task.input_offsets = plan.input_offsets.data();
  task.pixels = plan.pixels;
  task.segment_offsets = plan.segment_offsets.data();
  task.segments = static_cast<int>(plan.segment_offsets.size());
  task.quads = plan.quads;
  task.weights =
      reinterpret_cast<const std::int8_t*>(packed.weights.data()) + g * plan.packed_bytes;
  task.bias = packed.bias.data() + g * blocks * fast::kLanes;
  task.channels = plan.group_outputs;
  task.requant = plan.raw ? nullptr : &plan.requant;
  task.first_block = g * blocks;
  task.output_offsets = plan.output_offsets.data();
  return task;
}

/// Puts right what a convolution's kernels cannot know: sums whose partial sums failing cells
/// change.
void redo_sums(const models::Node& node, const PartialSumFaults& faults, const fast::ConstView& in,
               const fast::MutableView& out, std::vector<std::int32_t>& logits) {
  const auto& conv = std::get<models::Conv>(node.operation);
  const models::Shape& shape = out.layout.shape;
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto width = static_cast<std::size_t>(shape.width);
  fast::FaultySums(conv, faults, in, shape).each([&](std::uint64_t element, std::int32_t sum) {
    if (conv.requantizer.multiplier.empty()) {
      logits[element] = sum;
      return;
    }
    const std::size_t channel = element % channels;
    const std::size_t pixel = element / channels;
    const std::size_t offset =
        out.layout.offset(static_cast<int>(pixel / width), static_cast<int>(pixel % width));
    out.bytes[offset + channel] = models::requantize(conv.requantizer, channel, sum);
  });
}

}  // namespace

/// One image on its way through the network.
struct FastGraph::Execution {
  const Weights& weights;
  Workspace& workspace;
  const ActivationFaults* faults;
  const std::uint8_t* image;
};

FastGraph::FastGraph(models::Graph graph, Isa isa)
    : plan_(std::make_unique<const fast::Plan>(
          fast::make_plan(validated(std::move(graph)), fast::kernels_for(isa)))) {}
FastGraph::~FastGraph() = default;
FastGraph::FastGraph(FastGraph&&) noexcept = default;
FastGraph& FastGraph::operator=(FastGraph&&) noexcept = default;

FastGraph::Weights::Weights() = default;
FastGraph::Weights::~Weights() = default;
FastGraph::Weights::Weights(Weights&&) noexcept = default;
FastGraph::Weights& FastGraph::Weights::operator=(Weights&&) noexcept = default;

FastGraph::Workspace::Workspace(const FastGraph& graph)
    : arena_(graph.plan_->arena_bytes / sizeof(Line)) {
  for (const fast::TensorLayout& tensor : graph.plan_->tensors) {
    std::memset(bytes_of(arena_) + tensor.start, tensor.zero_point, tensor.bytes);
  }
}
FastGraph::Workspace::~Workspace() = default;
FastGraph::Workspace::Workspace(Workspace&&) noexcept = default;
FastGraph::Workspace& FastGraph::Workspace::operator=(Workspace&&) noexcept = default;

const models::Graph& FastGraph::graph() const { return plan_->graph; }

FastGraph::Weights FastGraph::pack(
    const std::vector<std::vector<std::int8_t>>& per_node_weights) const {
  const std::vector<models::Node>& nodes = graph().nodes;
  if (per_node_weights.size() != nodes.size()) {
    throw InputError(fmt::format("weights of {} nodes given, '{}' has {}", per_node_weights.size(),
                                 graph().name, nodes.size()));
  }
  Weights result;
  result.nodes_.resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto* window = std::get_if<WindowPlan>(&plan_->nodes[i]);
    if (window == nullptr) continue;
    const auto* conv = std::get_if<models::Conv>(&nodes[i].operation);
    if (conv == nullptr) {
      const std::vector<std::int8_t> ones(window->weight_positions.size() * window->bias.size(), 1);
      result.nodes_[i] = fast::pack_node(*window, ones);
      continue;
    }
    if (per_node_weights[i].size() != conv->weights.size()) {
      throw InputError(fmt::format("node '{}': {} weights given, it has {}", nodes[i].name,
                                   per_node_weights[i].size(), conv->weights.size()));
    }
    result.nodes_[i] = fast::pack_node(*window, per_node_weights[i]);
  }
  return result;
}

FastGraph::Weights FastGraph::pack_clean() const {
  std::vector<std::vector<std::int8_t>> weights;
  for (const models::Node& node : graph().nodes) {
    const auto* conv = std::get_if<models::Conv>(&node.operation);
    weights.push_back(conv == nullptr ? std::vector<std::int8_t>{} : conv->weights);
  }
  return pack(weights);
}

const std::uint8_t* FastGraph::read(const Execution& execution, std::size_t node,
                                    std::size_t input) const {
  const fast::TensorLayout& tensor = plan_->tensor(graph().nodes[node].inputs[input]);
  const std::uint8_t* stored = bytes_of(execution.workspace.arena_) + tensor.start;
  if (execution.faults == nullptr || (*execution.faults)[node].inputs.empty()) return stored;
  const TensorFaults& faults = (*execution.faults)[node].inputs.at(input);
  if (faults.empty()) return stored;
  std::vector<Line>& views = execution.workspace.views_;
  views.resize(2 * plan_->largest_tensor / sizeof(Line));
  // An addition needs both inputs at once, a concatenation one after another.
  std::uint8_t* view = bytes_of(views) + std::min<std::size_t>(input, 1) * plan_->largest_tensor;
  std::memcpy(view, stored, tensor.bytes);
  fast::apply_masks(faults.masks, {view, tensor});
  fast::apply_words(faults.coded, {view, tensor});
  return view;
}

void FastGraph::run_window(const Execution& execution, std::size_t node, const std::uint8_t* input,
                           std::vector<std::int32_t>& logits) const {
  const models::Node& description = graph().nodes[node];
  const auto& window = std::get<WindowPlan>(plan_->nodes[node]);
  const fast::TensorLayout& output = plan_->tensor(description.output);
  std::uint8_t* arena = bytes_of(execution.workspace.arena_);
  if (window.spread_tensor) {
    const fast::TensorLayout& layout = plan_->tensors[*window.spread_tensor];
    fast::spread(window, {input, plan_->tensor(description.inputs[0])},
                 {arena + layout.start, layout});
    input = arena + layout.start;
  }
  if (window.raw) logits.resize(output.shape.elements());
  for (int group = 0; group < window.groups; ++group) {
    fast::WindowTask task = make_task(window, execution.weights.nodes_[node], group);
    task.input = input + std::ptrdiff_t{group} * window.group_inputs;
    const std::ptrdiff_t first_channel = std::ptrdiff_t{group} * window.group_outputs;
    task.output = arena + output.start + first_channel;
    if (window.raw) task.raw = logits.data() + first_channel;
    (window.depthwise ? plan_->kernels->depthwise : plan_->kernels->conv)(task);
  }
}

void FastGraph::run_lookup(const Execution& execution, std::size_t node,
                           const std::uint8_t* first) const {
  const models::Node& description = graph().nodes[node];
  const auto& plan = std::get<fast::LookupPlan>(plan_->nodes[node]);
  const fast::TensorLayout& output = plan_->tensor(description.output);
  const fast::MutableView out = {bytes_of(execution.workspace.arena_) + output.start, output};
  int channel = 0;
  for (std::size_t i = 0; i < plan.inputs.size(); ++i) {
    const fast::TensorLayout& layout = plan_->tensor(description.inputs[i]);
    const fast::ConstView in = {i == 0 ? first : read(execution, node, i), layout};
    fast::lookup(plan.inputs[i], in, out, channel);
    channel += layout.shape.channels;
  }
}

void FastGraph::run_node(const Execution& execution, std::size_t node,
                         std::vector<std::int32_t>& logits) const {
  const models::Node& description = graph().nodes[node];
  const fast::TensorLayout& in_layout = plan_->tensor(description.inputs[0]);
  const fast::TensorLayout& out_layout = plan_->tensor(description.output);
  const fast::ConstView in = {read(execution, node, 0), in_layout};
  const fast::MutableView out = {bytes_of(execution.workspace.arena_) + out_layout.start,
                                 out_layout};
  const fast::NodePlan& plan = plan_->nodes[node];
  if (std::holds_alternative<WindowPlan>(plan)) {
    run_window(execution, node, in.bytes, logits);
    if (execution.faults != nullptr) {
      const PartialSumFaults& faults = (*execution.faults)[node].partial_sums;
      if (!faults.empty()) redo_sums(description, faults, in, out, logits);
    }
  } else if (const auto* pool = std::get_if<fast::MaxPoolPlan>(&plan)) {
    fast::max_pool(pool->window, in, out);
  } else if (const auto* add = std::get_if<fast::AddPlan>(&plan)) {
    const fast::TensorLayout& other = plan_->tensor(description.inputs[1]);
    fast::add(*plan_->kernels, *add, {in, {read(execution, node, 1), other}}, out);
  } else if (std::holds_alternative<fast::ReluPlan>(plan)) {
    fast::relu(in, out);
  } else if (const auto* moved = std::get_if<fast::RearrangePlan>(&plan)) {
    fast::rearrange(moved->rearrange, in, out);
  } else if (std::holds_alternative<fast::LookupPlan>(plan)) {
    run_lookup(execution, node, in.bytes);
  } else {
    fast::flatten(in, out);
  }
}

void FastGraph::execute(const Execution& execution, std::vector<std::int32_t>& logits) const {
  if (execution.faults != nullptr && execution.faults->size() != graph().nodes.size()) {
    throw InputError(fmt::format("activation faults of {} nodes given, '{}' has {}",
                                 execution.faults->size(), graph().name, graph().nodes.size()));
  }
  require(execution.weights.nodes_.size() == graph().nodes.size() &&
              execution.workspace.arena_.size() * sizeof(Line) == plan_->arena_bytes,
          "weights and workspace belong to this network");
  std::uint8_t* arena = bytes_of(execution.workspace.arena_);
  const fast::TensorLayout& first = plan_->tensor(graph().input);
  fast::load_codes(execution.image, {arena + first.start, first});
  for (std::size_t node = 0; node < graph().nodes.size(); ++node) {
    run_node(execution, node, logits);
    if (execution.faults == nullptr) continue;
    const TensorFaults& faults = (*execution.faults)[node].output;
    const TensorId id = graph().nodes[node].output;
    if (graph().tensor(id).type == models::ElementType::kInt32) {
      fast::apply_masks(faults.masks, logits);
      fast::apply_words(faults.coded, logits);
    } else {
      const fast::MutableView output = {arena + plan_->tensor(id).start, plan_->tensor(id)};
      fast::apply_masks(faults.masks, output);
      fast::apply_words(faults.coded, output);
    }
  }
  if (graph().tensor(graph().output).type == models::ElementType::kInt32) return;
  const fast::TensorLayout& last = plan_->tensor(graph().output);
  std::vector<std::uint8_t> codes(last.shape.elements());
  fast::store_codes({arena + last.start, last}, codes.data());
  logits.assign(codes.begin(), codes.end());
  for (std::int32_t& logit : logits) logit -= last.zero_point;
}

void FastGraph::run(const Weights& weights, const std::uint8_t* input, Workspace& workspace,
                    std::vector<std::int32_t>& logits, const ActivationFaults* faults) const {
  execute({weights, workspace, faults, input}, logits);
}

models::Inference FastGraph::run_all(const Weights& weights, const ActivationFaults* faults,
                                     const std::uint8_t* input, Workspace& workspace) const {
  models::Inference result;
  execute({weights, workspace, faults, input}, result.logits);
  for (const models::Node& node : graph().nodes) {
    std::vector<std::uint8_t>& codes = result.codes.emplace_back();
    if (graph().tensor(node.output).type == models::ElementType::kInt32) continue;
    const fast::TensorLayout& tensor = plan_->tensor(node.output);
    codes.resize(tensor.shape.elements());
    fast::store_codes({bytes_of(workspace.arena_) + tensor.start, tensor}, codes.data());
  }
  return result;
}

}  // namespace brownout::accel
