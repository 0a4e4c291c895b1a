// SPDX-License-Identifier: Apache-2.0
// What an ONNX tensor name stands for while the importer walks the nodes (layer 2).
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "models/graph.h"
#include "models/onnx/constant.h"

namespace brownout::models::onnx_import {

/// Scale and zero point of a QuantizeLinear, DequantizeLinear or QLinear operand, as in the file.
struct Coding {
  std::vector<double> scale;  ///< one entry, or one per channel
  int zero_point = 0;         ///< the same for all channels
  int type = onnx::TensorProto::UINT8;

  /// Shift to Brownout's unsigned codes.
  [[nodiscard]] int shift() const { return type == onnx::TensorProto::INT8 ? 128 : 0; }
  friend bool operator==(const Coding& a, const Coding& b) {
    return a.scale == b.scale && a.zero_point == b.zero_point && a.type == b.type;
  }
};

/// Result of a node that could not be understood; what depends on it is not reported again.
struct UnknownValue {};

/// The network's float input before its QuantizeLinear.
struct ImageValue {
  std::string name;
  Shape shape;
};

/// A constant with its coding: codes as stored, or floats still to be quantised.
struct CodedConstant {
  Constant source;
  Coding coding;
  int axis = 0;       ///< that `coding.scale` runs along when it has several entries
  bool real = false;  ///< after DequantizeLinear
};

/// A tensor of the graph under construction.
struct ActivationValue {
  TensorId tensor;
  int type = onnx::TensorProto::UINT8;  ///< of the codes in the file
  bool real = false;                    ///< after DequantizeLinear
  bool flattened = false;               ///< the file sees a vector, the graph still an image
  /// The tensor came from an operator on floats; the QuantizeLinear behind it gives it its name.
  bool unnamed = false;
};

/// A float result that waits for its QuantizeLinear: Conv, AveragePool, Add, Concat or Table
/// without numbers that depend on the output's scale. `index` counts the importer's pending
/// operations.
struct PendingValue {
  std::size_t index = 0;
};

struct PendingOperation {
  Node node;  ///< its output comes with the QuantizeLinear
  Shape shape;
  bool is_vector = false;  ///< from Gemm or MatMul: a bias is added along the last axis
  bool has_bias = false;
  std::function<double(double)> function;  ///< that a Table is to hold
  /// Real range of the ReLU or Clip behind it.
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
};

using Value =
    std::variant<UnknownValue, ImageValue, Constant, CodedConstant, ActivationValue, PendingValue>;

}  // namespace brownout::models::onnx_import
