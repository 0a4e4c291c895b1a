// SPDX-License-Identifier: Apache-2.0
// The operators the importer understands (layer 2). Each handler reads its node's values and
// defines its first output; operator_table.cpp lists names and attributes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/onnx/graph_builder.h"
#include "models/onnx/node_view.h"
#include "models/onnx/node_walk.h"

namespace brownout::models::onnx_import {

/// One node at work: what it reads and where its result goes.
class Context {
 public:
  Context(const NodeView& node, GraphBuilder& builder) : node_(node), builder_(builder) {}

  [[nodiscard]] const NodeView& node() const { return node_; }
  [[nodiscard]] GraphBuilder& builder() const { return builder_; }
  [[nodiscard]] std::string output() const { return node_.proto().output(0); }

  [[nodiscard]] bool has(int input) const { return !node_.input(input).empty(); }
  /// Value of an input; throws InputError when it is left out.
  [[nodiscard]] const Value& value(int input) const;
  /// An input that must be a plain constant; `optional_constant` gives none when it is left out.
  [[nodiscard]] const Constant& constant(int input) const;
  [[nodiscard]] std::optional<Constant> optional_constant(int input) const;
  /// Scale and zero point at inputs `scale` and `scale + 1`.
  [[nodiscard]] Coding coding(int scale, int type) const;
  /// An input that must be a dequantised activation.
  [[nodiscard]] const ActivationValue& real_activation(int input) const;
  /// An input that must be codes quantised by the coding at `scale`.
  [[nodiscard]] ActivationValue coded_activation(int input, int scale) const;

  void define(Value value) const { builder_.define(output(), std::move(value)); }

 private:
  const NodeView& node_;
  GraphBuilder& builder_;
};

/// The rule of an operator as NodeView::op names it, null when it is not supported.
[[nodiscard]] const OperatorRule<Context>* find_operator(const std::string& op);

/// Whether the operator is one that only quantised networks have.
[[nodiscard]] bool is_quantization_operator(const std::string& op);

void import_quantize_linear(const Context& context);
void import_dequantize_linear(const Context& context);
void import_constant(const Context& context);

void import_conv(const Context& context);
void import_gemm(const Context& context);
void import_matmul(const Context& context);
void import_qlinear_conv(const Context& context);
void import_qlinear_matmul(const Context& context);
void import_conv_transpose(const Context& context);

void import_max_pool(const Context& context);
void import_average_pool(const Context& context);
void import_global_average_pool(const Context& context);
void import_reduce_mean(const Context& context);

void import_add(const Context& context);
void import_relu(const Context& context);
void import_clip(const Context& context);
void import_flatten(const Context& context);
void import_reshape(const Context& context);
void import_identity(const Context& context);
void import_dropout(const Context& context);

void import_concat(const Context& context);
/// Gather, Pad, Resize, Slice and Upsample.
void import_rearrange(const Context& context);
void import_tanh(const Context& context);
void import_sigmoid(const Context& context);
void import_leaky_relu(const Context& context);

/// Defines the output as `function` of a dequantised activation, clipped to lowest .. highest once
/// its QuantizeLinear is known.
void define_table(const Context& context, std::function<double(double)> function, double lowest,
                  double highest);

}  // namespace brownout::models::onnx_import
