// SPDX-License-Identifier: Apache-2.0
// The operators of float networks (layer 2). Each handler reads its node's values and defines its
// first output; float_operator_table.cpp lists names and attributes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/onnx/floating/float_builder.h"
#include "models/onnx/node_view.h"
#include "models/onnx/node_walk.h"

namespace brownout::models::onnx_import {

/// One node at work: what it reads and where its result goes.
class FloatContext {
 public:
  FloatContext(const NodeView& node, FloatBuilder& builder) : node_(node), builder_(builder) {}

  [[nodiscard]] const NodeView& node() const { return node_; }
  [[nodiscard]] FloatBuilder& builder() const { return builder_; }
  [[nodiscard]] std::string name() const { return node_.name(); }

  [[nodiscard]] bool has(int input) const { return !node_.input(input).empty(); }
  /// Throws InputError when the input is left out or no activation.
  [[nodiscard]] const FloatView& activation(int input) const;
  /// Channels of an activation. Throws InputError when it has no such dimension.
  [[nodiscard]] std::int64_t channels(int input) const;
  [[nodiscard]] bool is_constant(int input) const;
  /// Throws InputError when the input is left out or no constant.
  [[nodiscard]] Numbers constant(int input) const;
  /// Floats of a constant. Throws InputError for integers, infinity and what is not a number.
  [[nodiscard]] std::vector<float> floats(int input) const;
  /// The tensor that an activation is as an image, and its shape.
  [[nodiscard]] std::size_t image(int input) const {
    return builder_.image(activation(input), name());
  }

  void define(FloatValue value) const {
    builder_.define(node_.proto().output(0), std::move(value));
  }
  /// Appends a node of an input as an image and defines its result, a vector where that is one.
  void define_node(FloatOperation operation, int input = 0) const;

 private:
  const NodeView& node_;
  FloatBuilder& builder_;
};

/// Throws InputError unless all values of the constant `name` are finite.
void check_finite(const std::vector<float>& values, const std::string& name);

/// Constants of a node; its activation, input 0, is left out.
class Constants {
 public:
  explicit Constants(const FloatContext& context);
  [[nodiscard]] const Operands& operands() const { return operands_; }
  [[nodiscard]] Operands& operands() { return operands_; }

 private:
  std::deque<Numbers> numbers_;
  Operands operands_;
};

/// The rule of an operator as NodeView::op names it, null when it is not supported.
[[nodiscard]] const OperatorRule<FloatContext>* find_float_operator(const std::string& op);

// float_linear.cpp
void float_conv(const FloatContext& context);
void float_conv_transpose(const FloatContext& context);
void float_gemm(const FloatContext& context);
void float_matmul(const FloatContext& context);
void float_batch_norm(const FloatContext& context);

/// Multiplies every channel of an input by `gain` and adds `offset`, one number each or one for
/// all: as part of the layer before where that is possible, else as a layer or a function of its
/// own.
void define_affine(const FloatContext& context, int input, const std::vector<float>& gain,
                   const std::vector<float>& offset);

// float_elementwise.cpp
void float_add(const FloatContext& context);
void float_sub(const FloatContext& context);
void float_mul(const FloatContext& context);
void float_div(const FloatContext& context);
void float_relu(const FloatContext& context);
void float_clip(const FloatContext& context);
void float_tanh(const FloatContext& context);
void float_sigmoid(const FloatContext& context);
void float_hard_sigmoid(const FloatContext& context);
void float_hard_swish(const FloatContext& context);
void float_leaky_relu(const FloatContext& context);
void float_elu(const FloatContext& context);

// float_resize.cpp
void float_resize(const FloatContext& context);

// float_pool.cpp
void float_max_pool(const FloatContext& context);
void float_average_pool(const FloatContext& context);
void float_global_average_pool(const FloatContext& context);
void float_global_max_pool(const FloatContext& context);
void float_reduce_mean(const FloatContext& context);

// float_moves.cpp
void float_concat(const FloatContext& context);
void float_rearrange(const FloatContext& context);
void float_reshape(const FloatContext& context);
void float_flatten(const FloatContext& context);
void float_squeeze(const FloatContext& context);
void float_unsqueeze(const FloatContext& context);
void float_transpose(const FloatContext& context);
void float_identity(const FloatContext& context);
void float_dropout(const FloatContext& context);
void float_constant(const FloatContext& context);
/// Only as the network's last operator, where it does not change which class wins.
void float_softmax(const FloatContext& context);

}  // namespace brownout::models::onnx_import
