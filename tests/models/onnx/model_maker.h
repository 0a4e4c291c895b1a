// SPDX-License-Identifier: Apache-2.0
// Small ONNX files written by hand for tests, and what becomes of loading them.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// A path for one test's file that no other running test uses.
[[nodiscard]] std::string test_file(const std::string& name);

[[nodiscard]] Graph load(const onnx::ModelProto& model);
[[nodiscard]] Graph load_bytes(const std::string& bytes);
/// Message of the InputError that loading throws without the file's path, empty when it loads.
[[nodiscard]] std::string load_error(const onnx::ModelProto& model);
[[nodiscard]] std::string load_error_of_bytes(const std::string& bytes);

/// Fills a model node by node; every helper returns the name of what it added.
class ModelMaker {
 public:
  /// Float input "image" [1, dims...] and the codes "x" it is quantised to (scale 1/2, zero point
  /// `zero_point` of `type`).
  explicit ModelMaker(const std::vector<int>& dims, int zero_point = 3,
                      int type = onnx::TensorProto::UINT8);

  std::string floats(const std::string& name, const std::vector<int>& dims,
                     const std::vector<float>& values);
  std::string integers(const std::string& name, int type, const std::vector<int>& dims,
                       const std::vector<int>& values);

  /// Appends a node; its output has the node's name.
  onnx::NodeProto& node(const std::string& op, const std::string& name,
                        const std::vector<std::string>& inputs);
  std::string quantize(const std::string& value, const std::string& name, float scale,
                       int zero_point, int type = onnx::TensorProto::UINT8);
  std::string dequantize(const std::string& codes, const std::string& name, float scale,
                         int zero_point, int type = onnx::TensorProto::UINT8);
  /// "x" dequantised.
  std::string real_input();
  /// int8 constant behind DequantizeLinear with one scale.
  std::string weights(const std::string& name, const std::vector<int>& dims,
                      const std::vector<int>& codes, float scale);

  ModelMaker& output(const std::string& name);

  onnx::ModelProto model;

 private:
  int zero_point_;
  int type_;
};

void set_int(onnx::NodeProto& node, const std::string& name, int value);
void set_ints(onnx::NodeProto& node, const std::string& name, const std::vector<int>& values);
void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value);

/// 1, 2, ... as weight codes, signs alternating.
[[nodiscard]] std::vector<int> counting(int count);

}  // namespace brownout::models
