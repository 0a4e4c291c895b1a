// SPDX-License-Identifier: Apache-2.0
// Matrices the other way round (layer 2), square by square: a column at a time misses the cache at
// every element of a large one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace brownout::models::onnx_import {

/// [rows][columns] as [columns][rows].
template <class Element>
[[nodiscard]] std::vector<Element> transposed_matrix(const std::vector<Element>& matrix,
                                                     std::size_t rows, std::size_t columns) {
  constexpr std::size_t kSide = 32;
  std::vector<Element> result(matrix.size());
  const auto transpose_square = [&](std::size_t top, std::size_t left) {
    for (std::size_t c = left; c < std::min(left + kSide, columns); ++c) {
      for (std::size_t r = top; r < std::min(top + kSide, rows); ++r) {
        result[c * rows + r] = matrix[r * columns + c];
      }
    }
  };
  for (std::size_t top = 0; top < rows; top += kSide) {
    for (std::size_t left = 0; left < columns; left += kSide) transpose_square(top, left);
  }
  return result;
}

}  // namespace brownout::models::onnx_import
