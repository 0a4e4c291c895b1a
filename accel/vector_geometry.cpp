// SPDX-License-Identifier: Apache-2.0
#include "accel/vector_geometry.h"

#include "accel/word_port.h"
#include "models/requantize.h"

namespace brownout::accel {
namespace {

using models::Add;
using models::AveragePool;
using models::Concat;
using models::Flatten;
using models::MaxPool;

models::Window window_of(const models::Operation& operation) {
  if (const auto* pool = std::get_if<MaxPool>(&operation)) return pool->window;
  if (const auto* pool = std::get_if<AveragePool>(&operation)) return pool->window;
  return {};
}

std::optional<models::Rearrange> rearrange_of(const models::Operation& operation) {
  const auto* rearrange = std::get_if<models::Rearrange>(&operation);
  return rearrange == nullptr ? std::nullopt : std::optional<models::Rearrange>(*rearrange);
}

}  // namespace

VectorGeometry::VectorGeometry(const models::Graph& graph, const models::Node& node,
                               std::uint32_t word_bytes)
    : input_(graph.tensor(node.inputs.front()).shape),
      output_(graph.tensor(node.output).shape),
      window_(window_of(node.operation)),
      rearrange_(rearrange_of(node.operation)),
      flatten_(std::holds_alternative<Flatten>(node.operation)),
      concat_(std::holds_alternative<Concat>(node.operation)),
      layout_(graph, node, word_bytes),
      operands_(layout_.inputs() * static_cast<std::uint32_t>(window_.kernel_h * window_.kernel_w)),
      word_bytes_(word_bytes) {}

bool VectorGeometry::source(std::uint64_t element, std::uint32_t index,
                            std::uint64_t& input_element) const {
  if (flatten_) {  // element counts c, y, x
    const auto pixels =
        static_cast<std::uint64_t>(input_.height) * static_cast<std::uint64_t>(input_.width);
    input_element =
        element % pixels * static_cast<std::uint64_t>(input_.channels) + element / pixels;
    return true;
  }
  if (window_.kernel_h * window_.kernel_w == 1 && output_ == input_ && !concat_ && !rearrange_) {
    input_element = element;
    return true;
  }
  const auto channels = static_cast<std::uint64_t>(output_.channels);
  if (concat_) {
    const OperandLayout::Channels& own = layout_.channels(index);
    if (element % channels < own.begin || element % channels >= own.end) return false;
    input_element = element / channels * (own.end - own.begin) + element % channels - own.begin;
    return true;
  }
  const auto channel = static_cast<int>(element % channels);
  const auto pixel = static_cast<int>(element / channels);
  if (rearrange_) {
    const int row = rearrange_->rows[static_cast<std::size_t>(pixel / output_.width)];
    const int column = rearrange_->columns[static_cast<std::size_t>(pixel % output_.width)];
    const int from = rearrange_->channels[static_cast<std::size_t>(channel)];
    if (row < 0 || column < 0 || from < 0) return false;
    input_element = input_.offset(row, column, from);
    return true;
  }
  const auto tap = static_cast<int>(index);
  const int y = pixel / output_.width * window_.stride_h - window_.pad_top +
                tap / window_.kernel_w * window_.dilation_h;
  const int x = pixel % output_.width * window_.stride_w - window_.pad_left +
                tap % window_.kernel_w * window_.dilation_w;
  if (y < 0 || y >= input_.height || x < 0 || x >= input_.width) return false;
  input_element = input_.offset(y, x, channel);
  return true;
}

VectorGeometry::Cost VectorGeometry::cost(std::uint64_t begin, std::uint64_t end) const {
  Cost cost;
  WordPort port(word_bytes_);
  visit(begin, end, [&](const VectorOperand& operand) {
    if (port.advance(operand.position)) ++cost.reads;
    ++cost.operands;
    cost.extent = cost.extent.hull({operand.position, operand.position + 1});
  });
  return cost;
}

VectorArithmetic::VectorArithmetic(const models::Graph& graph, const models::Node& node)
    : operation_(node.operation),
      channels_(static_cast<std::uint64_t>(graph.tensor(node.output).shape.channels)) {
  for (const TensorId id : node.inputs) zero_points_.push_back(graph.tensor(id).zero_point);
}

std::int64_t VectorArithmetic::initial() const {
  return std::holds_alternative<models::Rearrange>(operation_) ? zero_points_.front() : 0;
}

std::int64_t VectorArithmetic::combine(std::int64_t state, std::uint32_t input,
                                       std::uint8_t code) const {
  const std::int64_t centred = code - zero_points_[input];
  if (const auto* add = std::get_if<Add>(&operation_)) {
    return state + centred * (input == 0 ? add->multiplier_a : add->multiplier_b);
  }
  if (std::holds_alternative<AveragePool>(operation_)) return state + centred;
  if (const auto* concat = std::get_if<Concat>(&operation_)) {
    return models::requantize(concat->requantizer, input, static_cast<std::int32_t>(centred));
  }
  if (std::holds_alternative<models::Rearrange>(operation_)) return code;
  return std::max<std::int64_t>(state, code);  // codes are not negative: one operand is itself
}

std::uint8_t VectorArithmetic::finish(std::uint64_t element, std::int64_t state) const {
  if (const auto* add = std::get_if<Add>(&operation_)) {
    return models::clamp_code(models::rounding_shift(state, add->shift) + add->zero_point,
                              add->lowest, add->highest);
  }
  if (const auto* pool = std::get_if<AveragePool>(&operation_)) {
    return models::requantize(pool->requantizer, static_cast<std::size_t>(element % channels_),
                              static_cast<std::int32_t>(state));
  }
  if (const auto* table = std::get_if<models::Table>(&operation_)) {
    return table->codes[static_cast<std::uint8_t>(state)];
  }
  if (std::holds_alternative<models::Relu>(operation_)) {
    return static_cast<std::uint8_t>(std::max<std::int64_t>(state, zero_points_.front()));
  }
  return static_cast<std::uint8_t>(state);
}

}  // namespace brownout::accel
