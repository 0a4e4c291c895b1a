// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/onnx/coding.h"
#include "models/onnx/scales.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using onnx::TensorProto;

constexpr std::size_t kMaxElements = std::size_t{1} << 28;

std::uint64_t bytes_of(const Operation& operation) {
  if (const auto* conv = std::get_if<Conv>(&operation)) {
    return conv->weights.size() + sizeof(std::int32_t) * conv->bias.size();
  }
  const auto* moves = std::get_if<Rearrange>(&operation);
  if (moves == nullptr) return 0;
  return sizeof(int) * (moves->rows.size() + moves->columns.size() + moves->channels.size());
}

bool is_vector(const Shape& shape) { return shape.height == 1 && shape.width == 1; }

OutputRange output_range(const ActivationCode& code, double lowest, double highest) {
  const OutputRange range{code.zero_point, code_of(lowest, code.scale, code.zero_point),
                          code_of(highest, code.scale, code.zero_point)};
  if (range.lowest > range.highest) {
    throw InputError(fmt::format("clips to {} .. {}, which is empty", lowest, highest));
  }
  return range;
}

Table table_of(const PendingOperation& operation, const Tensor& input, const ActivationCode& out) {
  const auto clipped = [&](double x) {
    return std::clamp(operation.function(x), operation.lowest, operation.highest);
  };
  return make_table(clipped, {input.scale.front(), input.zero_point}, {out.scale, out.zero_point});
}

/// Whether every code stays what it is, as by a leaky ReLU where there are no negative codes.
bool keeps_codes(const Table& table, int zero_point) {
  std::size_t code = 0;
  return table.zero_point == zero_point &&
         std::all_of(table.codes.begin(), table.codes.end(),
                     [&](std::uint8_t to) { return to == code++; });
}

}  // namespace

std::string describe(const Value& value) {
  constexpr std::array<const char*, 6> kKinds = {
      "not understood",       "the unquantised network input", "a constant",
      "a quantised constant", "a quantised activation",        "an unquantised result"};
  if (const auto* activation = std::get_if<ActivationValue>(&value)) {
    return activation->real ? "a dequantised activation" : "the codes of an activation";
  }
  return kKinds.at(value.index());
}

ActivationCode activation_code(const Coding& coding) {
  if (coding.scale.size() != 1) {
    throw InputError(fmt::format("{} scales for an activation, only one per tensor is supported",
                                 coding.scale.size()));
  }
  if (coding.type != TensorProto::UINT8 && coding.type != TensorProto::INT8) {
    throw InputError("activations must be uint8 or int8");
  }
  const int zero_point = coding.zero_point + coding.shift();
  return {coding.scale.front(), zero_point};
}

GraphBuilder::GraphBuilder(const onnx::ValueInfoProto& input, const Shape& image) {
  const int type = input.type().tensor_type().elem_type();
  if (type == TensorProto::FLOAT) {
    define(input.name(), ImageValue{input.name(), image});
    return;
  }
  if (type != TensorProto::UINT8 && type != TensorProto::INT8) {
    throw InputError(fmt::format("input '{}': must be float, uint8 or int8", input.name()));
  }
  Tensor tensor{input.name(), image, ElementType::kUint8, {}, 0};
  graph_.input = add_tensor(std::move(tensor));
  has_input_ = true;
  define(input.name(), ActivationValue{graph_.input, type, false, false});
}

TensorId GraphBuilder::add_tensor(Tensor tensor) {
  if (tensor.shape.elements() > kMaxElements) {
    throw InputError(
        fmt::format("gives {} elements, allowed are up to 2^28", tensor.shape.elements()));
  }
  graph_.tensors.push_back(std::move(tensor));
  return TensorId(static_cast<std::uint32_t>(graph_.tensors.size() - 1));
}

TensorId GraphBuilder::add_node(Node node, Tensor output) {
  node.output = add_tensor(std::move(output));
  bytes_ += bytes_of(node.operation);
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.back().output;
}

std::vector<double> GraphBuilder::scales_of(const std::vector<TensorId>& tensors) const {
  std::vector<double> scales;
  scales.reserve(tensors.size());
  for (const TensorId id : tensors) scales.push_back(tensor(id).scale.front());
  return scales;
}

Shape GraphBuilder::infer(const Node& node) const {
  std::vector<Shape> shapes;
  for (const TensorId id : node.inputs) shapes.push_back(tensor(id).shape);
  return infer_shape(node, shapes);
}

ActivationValue GraphBuilder::quantize_image(const ImageValue& image, const Coding& coding,
                                             const std::string& name) {
  const ActivationCode code = activation_code(coding);
  if (!has_input_) {
    graph_.input =
        add_tensor({name, image.shape, ElementType::kUint8, {code.scale}, code.zero_point});
    has_input_ = true;
  }
  const ActivationValue value{graph_.input, coding.type, false, false};
  check_coding(value, coding);
  return value;
}

void GraphBuilder::check_coding(const ActivationValue& value, const Coding& coding) {
  const ActivationCode code = activation_code(coding);
  Tensor& tensor = graph_.tensors.at(value.tensor.value());
  if (tensor.scale.empty()) {
    tensor.scale = {code.scale};
    tensor.zero_point = code.zero_point;
  }
  if (tensor.scale.front() != code.scale || tensor.zero_point != code.zero_point) {
    throw InputError(
        fmt::format("uses scale {} and zero point {} for '{}', which was quantised with {} and {}; "
                    "changing the "
                    "scale between operators is not supported",
                    code.scale, code.zero_point - coding.shift(), tensor.name, tensor.scale.front(),
                    tensor.zero_point - coding.shift()));
  }
}

bool GraphBuilder::has_coding(const ActivationValue& value, const Coding& coding) const {
  const ActivationCode code = activation_code(coding);
  const Tensor& own = tensor(value.tensor);
  return own.scale.front() == code.scale && own.zero_point == code.zero_point;
}

std::optional<std::vector<std::int64_t>> GraphBuilder::dims(const Value& value) const {
  const auto of = [](const Shape& shape, bool vector) {
    std::vector<std::int64_t> dims = {
        1, vector ? static_cast<std::int64_t>(shape.elements()) : shape.channels};
    if (!vector) dims.insert(dims.end(), {shape.height, shape.width});
    return dims;
  };
  if (const auto* image = std::get_if<ImageValue>(&value)) return of(image->shape, false);
  if (const auto* activation = std::get_if<ActivationValue>(&value)) {
    return of(shape(*activation), activation->flattened);
  }
  if (const auto* pending = std::get_if<PendingValue>(&value)) {
    const PendingOperation& operation = pending_.at(pending->index);
    return of(operation.shape, operation.is_vector);
  }
  return std::nullopt;
}

std::string GraphBuilder::shared_reading(const std::string& name, int readers) const {
  if (readers < 2 || !std::holds_alternative<PendingValue>(value(name))) return {};
  return fmt::format(
      "input '{}' is read {} times before it is quantised; only one reader is "
      "supported",
      name, readers);
}

TensorId GraphBuilder::add_same_coding(Node node, const std::string& output) {
  Tensor result = tensor(node.inputs.front());
  if (result.scale.empty()) {
    throw InputError("reads the 8-bit network input before any operator says its scale");
  }
  result.name = output;
  result.shape = infer(node);
  return add_node(std::move(node), std::move(result));
}

ActivationValue GraphBuilder::add_requantized(PendingOperation operation, const Coding& coding,
                                              const std::string& output) {
  const ActivationCode code = activation_code(coding);
  const OutputRange range = output_range(code, operation.lowest, operation.highest);
  Node& node = operation.node;
  const Tensor& input = tensor(node.inputs.front());
  const Shape shape = infer(node);
  if (auto* conv = std::get_if<Conv>(&node.operation)) {
    conv->requantizer = conv_requantizer(input, *conv, code.scale, range);
  } else if (auto* pool = std::get_if<AveragePool>(&node.operation)) {
    pool->requantizer = pool_requantizer(input, pool->window, code.scale, range);
  } else if (std::holds_alternative<Table>(node.operation)) {
    Table table = table_of(operation, input, code);
    if (input.scale.front() == code.scale && keeps_codes(table, input.zero_point)) {
      return {node.inputs.front(), coding.type, false, false};
    }
    node.operation = std::move(table);
  } else if (auto* concat = std::get_if<Concat>(&node.operation)) {
    concat->requantizer = concat_requantizer(scales_of(node.inputs), code.scale, range);
  } else {
    const Tensor& other = tensor(node.inputs.back());
    node.operation = make_add(input.scale.front(), other.scale.front(), code.scale, range);
  }
  Tensor result{output, shape, ElementType::kUint8, {code.scale}, code.zero_point};
  return {add_node(std::move(node), std::move(result)), coding.type, false, false};
}

TensorId GraphBuilder::materialized(const ActivationValue& value) {
  if (!value.flattened || is_vector(shape(value))) return value.tensor;
  const std::string name = tensor(value.tensor).name + "/flat";
  return add_same_coding({name, Flatten{}, {value.tensor}, {}}, name);
}

PendingValue GraphBuilder::add_pending(PendingOperation operation) {
  operation.shape = infer(operation.node);
  bytes_ += bytes_of(operation.node.operation);
  pending_.push_back(std::move(operation));
  return {pending_.size() - 1};
}

ActivationValue GraphBuilder::requantize(PendingValue value, const Coding& coding,
                                         const std::string& name) {
  bytes_ -= bytes_of(pending(value).node.operation);  // moves into the graph
  return add_requantized(std::move(pending(value)), coding, name);
}

TensorId GraphBuilder::finish_raw(PendingValue value, const std::string& name) {
  PendingOperation& operation = pending(value);
  const auto* conv = std::get_if<Conv>(&operation.node.operation);
  const PendingOperation unclipped;
  if (conv == nullptr || operation.lowest != unclipped.lowest ||
      operation.highest != unclipped.highest) {
    throw InputError(
        fmt::format("output '{}': is not quantised; only a convolution or linear layer "
                    "without ReLU may end a network so",
                    name));
  }
  Tensor output{name, operation.shape, ElementType::kInt32,
                accumulator_scale(tensor(operation.node.inputs.front()), *conv), 0};
  return add_node(std::move(operation.node), std::move(output));
}

Graph GraphBuilder::finish(const Value& value, const std::string& name) {
  if (const auto* pending_value = std::get_if<PendingValue>(&value)) {
    graph_.output = finish_raw(*pending_value, name);
  } else if (const auto* activation = std::get_if<ActivationValue>(&value)) {
    graph_.output = materialized(*activation);
  } else {
    throw InputError(
        fmt::format("output '{}': is {}, not a result of the network", name, describe(value)));
  }
  return std::move(graph_);
}

}  // namespace brownout::models::onnx_import
