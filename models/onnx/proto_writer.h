// SPDX-License-Identifier: Apache-2.0
// Small helpers to fill an ONNX GraphProto (layer 2); the exporter decides what goes in.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "models/graph.h"

namespace brownout::models::onnx_export {

class ProtoWriter {
 public:
  explicit ProtoWriter(onnx::GraphProto& graph) : graph_(graph) {}

  /// Reserves `name` exactly; throws InputError when it is empty or taken.
  void claim(const std::string& name, const std::string& owner);
  /// `wanted`, or with a number appended where that is taken.
  [[nodiscard]] std::string fresh(const std::string& wanted);

  /// Constants under a fresh name, which they return. Scalars have no dimensions.
  std::string add_floats(const std::string& wanted, const std::vector<int>& dims,
                         const std::vector<double>& values);
  std::string add_integers(const std::string& wanted, const std::vector<int>& dims,
                           const std::vector<std::int32_t>& values,
                           onnx::TensorProto::DataType type);
  std::string add_weights(const std::string& wanted, const std::vector<int>& dims,
                          const std::vector<std::int8_t>& values);

  onnx::NodeProto& add_node(const char* op, const std::string& name,
                            const std::vector<std::string>& inputs, const std::string& output);

 private:
  onnx::TensorProto& add_constant(const std::string& wanted, const std::vector<int>& dims,
                                  onnx::TensorProto::DataType type);

  onnx::GraphProto& graph_;
  std::unordered_set<std::string> names_;
};

void set_attribute(onnx::NodeProto& node, const char* name, int value);
void set_attribute(onnx::NodeProto& node, const char* name, const std::vector<int>& values);
void set_attribute(onnx::NodeProto& node, const char* name, const char* text);

/// kernel_shape, strides, pads and, unless `dilations` is false, dilations.
void set_window(onnx::NodeProto& node, const Window& window, bool dilations);

/// Declares a float tensor [N, extents...] with a symbolic batch.
void declare(onnx::ValueInfoProto& info, const std::string& name, const std::vector<int>& extents);

}  // namespace brownout::models::onnx_export
