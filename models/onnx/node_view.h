// SPDX-License-Identifier: Apache-2.0
// A node of the file with typed, checked access to its attributes (layer 2).
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace brownout::models::onnx_import {

/// Cheap handle; the node outlives it. Accessors throw InputError naming the attribute when its
/// type or value is not what is asked for.
class NodeView {
 public:
  explicit NodeView(const onnx::NodeProto& proto) : proto_(&proto) {}

  /// The node's name, or its first output's where it has none.
  [[nodiscard]] std::string name() const;
  /// Operator with its domain unless that is the standard one.
  [[nodiscard]] std::string op() const;

  /// Name of input `index`, empty when it is left out.
  [[nodiscard]] std::string input(int index) const;
  [[nodiscard]] const onnx::NodeProto& proto() const { return *proto_; }

  [[nodiscard]] std::int64_t integer(const char* attribute, std::int64_t fallback) const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(const char* attribute) const;
  [[nodiscard]] double real(const char* attribute, double fallback) const;
  [[nodiscard]] std::optional<std::vector<double>> reals(const char* attribute) const;
  [[nodiscard]] std::string text(const char* attribute, const char* fallback) const;
  [[nodiscard]] const onnx::TensorProto* tensor(const char* attribute) const;

  /// Throws InputError when the attribute has another value than the only supported one.
  void expect(const char* attribute, std::int64_t value, std::int64_t fallback) const;

 private:
  [[nodiscard]] const onnx::AttributeProto* find(const char* attribute,
                                                 onnx::AttributeProto::AttributeType type) const;

  const onnx::NodeProto* proto_;
};

}  // namespace brownout::models::onnx_import
