// SPDX-License-Identifier: Apache-2.0
// The float network under construction and the values its names stand for (layer 2); the handlers
// in float_operators.h work on it. All errors are InputErrors without the node's name, which the
// caller adds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "models/onnx/numbers.h"
#include "models/onnx/value.h"
#include "models/quantizer/float_network.h"

namespace brownout::models::onnx_import {

/// An activation as the file sees it: a tensor's elements in another order, under other extents.
/// Reshape and Transpose only change this; nothing moves before somebody reads it.
struct FloatView {
  std::size_t tensor = 0;
  Extents dims;  ///< the batch, 1, first
  /// Element of the tensor, counted as CHW, that each element is; empty: the same one.
  std::vector<std::uint32_t> order;
};

using FloatValue = std::variant<UnknownValue, Constant, FloatView>;

class FloatBuilder {
 public:
  /// How often each name is read.
  using Readers = std::unordered_map<std::string, int>;
  /// `dims` of the input `name`, batch first. Four of them are channels, height and width, unless
  /// `channels_last`. `readers` must outlive the builder.
  FloatBuilder(const std::string& name, const Extents& dims, bool channels_last,
               const Readers& readers);

  void define(const std::string& name, FloatValue value);
  [[nodiscard]] const FloatValue& value(const std::string& name) const { return values_.at(name); }
  /// Extents of an activation as the file sees it; none of anything else.
  [[nodiscard]] std::optional<Extents> dims(const FloatValue& value) const;
  /// Floats may be read by anybody.
  [[nodiscard]] std::string shared_reading(const std::string&, int) const { return {}; }

  /// Of weights and tables so far.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  void set_output(const std::string& name) { output_ = name; }
  [[nodiscard]] bool is_output(const std::string& name) const { return name == output_; }

  [[nodiscard]] const Shape& shape(std::size_t tensor) const { return shapes_.at(tensor); }

  /// Appends a node; its output is an image, or a vector where `is_vector`.
  FloatView add(FloatNode node, bool is_vector = false);

  /// The tensor whose elements, as an image, are the view's: [1, channels, height, width], or
  /// [1, channels] as an image of one pixel. Moves elements where that is needed and possible;
  /// `name` is for the nodes that do.
  [[nodiscard]] std::size_t image(const FloatView& view, const std::string& name);

  /// The node that made the value `name`, when nothing else has come since and nobody else reads
  /// it: what follows may become part of it. Null otherwise.
  [[nodiscard]] FloatNode* extendable(const std::string& name);

  /// Closes the network with `value` as its output.
  [[nodiscard]] FloatNetwork finish(const FloatValue& value);

 private:
  [[nodiscard]] std::size_t rearranged(const FloatView& view, const std::string& name);

  const Readers& readers_;
  std::string output_;
  FloatNetwork network_;
  std::vector<Shape> shapes_;
  std::unordered_map<std::string, FloatValue> values_;
  std::uint64_t bytes_ = 0;
};

/// Throws InputError for more elements than a table of where each one lies may have: 2^22.
void check_moved(std::size_t elements);

/// Whether the view has its tensor's elements in their order.
[[nodiscard]] inline bool in_order(const FloatView& view) { return view.order.empty(); }

/// [1, channels, height, width].
[[nodiscard]] Extents image_dims(const Shape& shape);

}  // namespace brownout::models::onnx_import
