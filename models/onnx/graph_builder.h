// SPDX-License-Identifier: Apache-2.0
// The graph under construction and the values its names stand for (layer 2); the operator handlers
// work on it. All errors are InputErrors without the node's name, which the caller adds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/graph.h"
#include "models/onnx/value.h"

namespace brownout::models::onnx_import {

class GraphBuilder {
 public:
  /// `image` is what the float or 8-bit input `name` holds.
  GraphBuilder(const onnx::ValueInfoProto& input, const Shape& image);

  void define(const std::string& name, Value value) { values_[name] = std::move(value); }
  [[nodiscard]] const Value& value(const std::string& name) const { return values_.at(name); }

  [[nodiscard]] const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  [[nodiscard]] const Shape& shape(const ActivationValue& value) const {
    return tensor(value.tensor).shape;
  }

  /// The network's input tensor, created by the first QuantizeLinear; later ones must agree.
  ActivationValue quantize_image(const ImageValue& image, const Coding& coding,
                                 const std::string& name);

  /// Throws InputError unless `coding` is how the tensor's codes were made. An 8-bit input has its
  /// coding from its first reader.
  void check_coding(const ActivationValue& value, const Coding& coding);

  /// Whether `coding` stands for the same numbers as the tensor's codes do.
  [[nodiscard]] bool has_coding(const ActivationValue& value, const Coding& coding) const;

  /// Extents of an activation as the file sees it, [1, channels, height, width] or [1, channels];
  /// none of anything else.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> dims(const Value& value) const;

  /// What is wrong with `name` having that many readers; empty when nothing is.
  [[nodiscard]] std::string shared_reading(const std::string& name, int readers) const;

  /// Of weights and tables so far.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  void rename(TensorId id, const std::string& name) { graph_.tensors.at(id.value()).name = name; }

  /// Appends a node whose output has the scale and zero point of its first input.
  TensorId add_same_coding(Node node, const std::string& output);
  /// Appends an operation as a node with output `output`; derives its requantiser from `coding`.
  ActivationValue add_requantized(PendingOperation operation, const Coding& coding,
                                  const std::string& output);

  /// The tensor as the file sees it: an explicit Flatten where the graph still has an image.
  TensorId materialized(const ActivationValue& value);

  PendingValue add_pending(PendingOperation operation);
  [[nodiscard]] PendingOperation& pending(PendingValue value) { return pending_.at(value.index); }
  ActivationValue requantize(PendingValue value, const Coding& coding, const std::string& name);

  /// Closes the graph with `value` as its output, named `name`.
  [[nodiscard]] Graph finish(const Value& value, const std::string& name);

 private:
  TensorId add_tensor(Tensor tensor);
  TensorId add_node(Node node, Tensor output);
  /// Shape of a node's output; throws InputError when its inputs do not fit.
  [[nodiscard]] Shape infer(const Node& node) const;
  [[nodiscard]] std::vector<double> scales_of(const std::vector<TensorId>& tensors) const;
  TensorId finish_raw(PendingValue value, const std::string& name);

  Graph graph_;
  std::unordered_map<std::string, Value> values_;
  std::vector<PendingOperation> pending_;
  std::uint64_t bytes_ = 0;
  bool has_input_ = false;
};

/// What a value is, for messages.
[[nodiscard]] std::string describe(const Value& value);

/// Scale and unsigned zero point of a per-tensor 8-bit activation coding; throws InputError for
/// others.
struct ActivationCode {
  double scale = 1.0;
  int zero_point = 0;
};
[[nodiscard]] ActivationCode activation_code(const Coding& coding);

}  // namespace brownout::models::onnx_import
