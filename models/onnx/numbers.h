// SPDX-License-Identifier: Apache-2.0
// Constants that are computed with while a network is loaded (layer 2): shapes, indices, small
// tables, and weights that are only moved around.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/onnx/constant.h"

namespace brownout::models::onnx_import {

using Extents = std::vector<std::int64_t>;

/// A tensor of integers (of any width, and truth values) or of floats, row-major.
struct Numbers {
  Extents dims;  ///< empty: one number
  std::variant<std::vector<std::int64_t>, std::vector<float>> values;
  int type = onnx::TensorProto::INT64;

  [[nodiscard]] bool is_float() const { return values.index() == 1; }
  [[nodiscard]] std::size_t size() const;
  /// Throws InputError for floats.
  [[nodiscard]] const std::vector<std::int64_t>& integers() const;
  [[nodiscard]] double real(std::size_t index) const;
};

/// Product of the extents. Throws InputError beyond 2^28 or for a negative one.
[[nodiscard]] std::size_t element_count(const Extents& dims);

/// A vector of integers.
[[nodiscard]] Numbers vector_of(std::vector<std::int64_t> values);

[[nodiscard]] Numbers read_numbers(const Constant& constant);
[[nodiscard]] onnx::TensorProto write_numbers(const Numbers& numbers, const std::string& name);

/// `axis` counted from the front. Throws InputError unless it is one of `rank`.
[[nodiscard]] std::size_t axis_of(std::int64_t axis, std::size_t rank);

/// Distance in elements between neighbours along each axis.
[[nodiscard]] std::vector<std::size_t> strides_of(const Extents& dims);

/// Throws InputError for more elements than a file that states none of them may ask for: 2^20, or
/// as many as `present`.
void check_made(std::size_t count, std::size_t present);

/// A tensor of extents `dims` whose element at each index is that of `source` at `at(index)`.
/// Throws InputError as check_made.
template <class Position>
[[nodiscard]] Numbers gathered(const Numbers& source, Extents dims, Position at) {
  Numbers result{std::move(dims), {}, source.type};
  const std::size_t count = element_count(result.dims);
  check_made(count, source.size());
  std::visit(
      [&](const auto& from) {
        std::decay_t<decltype(from)> to(count);
        std::vector<std::size_t> index(result.dims.size(), 0);
        for (std::size_t i = 0; i < count; ++i) {
          to[i] = from[at(index)];
          for (std::size_t axis = index.size(); axis-- > 0;) {
            if (++index[axis] < static_cast<std::size_t>(result.dims[axis])) break;
            index[axis] = 0;
          }
        }
        result.values = std::move(to);
      },
      source.values);
  return result;
}

}  // namespace brownout::models::onnx_import
