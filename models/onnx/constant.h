// SPDX-License-Identifier: Apache-2.0
// Checked reading of ONNX tensors (layer 2). Sizes are compared with the data actually present
// before anything is allocated.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <vector>

namespace brownout::models::onnx_import {

/// A constant of the file; `proto` outlives it.
struct Constant {
  const onnx::TensorProto* proto = nullptr;
  std::vector<int> dims;
  int elements = 0;

  [[nodiscard]] int type() const { return proto->data_type(); }
  /// Of any width.
  [[nodiscard]] bool is_float() const {
    return type() == onnx::TensorProto::FLOAT || type() == onnx::TensorProto::FLOAT16 ||
           type() == onnx::TensorProto::BFLOAT16 || type() == onnx::TensorProto::DOUBLE;
  }
};

/// Throws InputError for external data that open_model() did not bring in, types other than floats,
/// int8, uint8, int32, int64 and bool, negative or huge dimensions, and data that do not fill them
/// exactly.
[[nodiscard]] Constant make_constant(const onnx::TensorProto& proto);

/// Values of an integer constant. Throws InputError for floats and values beyond 32 bits.
[[nodiscard]] std::vector<std::int32_t> integers(const Constant& constant);

/// Codes of an 8-bit constant, those of UINT8 less 128. Throws InputError for other types.
[[nodiscard]] std::vector<std::int8_t> signed_codes(const Constant& constant);

/// The same as integers() without the limit of 32 bits.
[[nodiscard]] std::vector<std::int64_t> wide_integers(const Constant& constant);

/// Values of a float constant of any width, rounded to float. Throws InputError for other types.
[[nodiscard]] std::vector<float> reals(const Constant& constant);

}  // namespace brownout::models::onnx_import
