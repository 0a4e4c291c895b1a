// SPDX-License-Identifier: Apache-2.0
// A systolic array as one would write it in RTL: elements with registers, all of which take their
// neighbours' values on every clock edge. It knows nothing of vectors or depths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace brownout::accel {

class ShiftingArray {
 public:
  struct Element {
    int left = 0;
    int top = 0;
    std::uint32_t sum = 0;
  };

  /// `stationary`: elements hold `top` and pass sums down, else they pass `top` down and hold sums.
  ShiftingArray(std::size_t rows, std::size_t cols, bool stationary)
      : rows_(rows), cols_(cols), stationary_(stationary), elements_(rows * cols) {}

  Element& at(std::size_t row, std::size_t column) { return elements_[row * cols_ + column]; }

  /// Shifts a row of stationary operands in from the top; the last row comes first.
  void load(const std::vector<int>& top) {
    for (std::size_t r = rows_; r-- > 0;) {
      for (std::size_t c = 0; c < cols_; ++c) at(r, c).top = r == 0 ? top[c] : at(r - 1, c).top;
    }
  }

  /// One clock edge; what stands at the left edge, and at the top edge (operands or sums).
  void clock(const std::vector<int>& left, const std::vector<std::uint32_t>& top) {
    for (std::size_t r = rows_; r-- > 0;) {
      for (std::size_t c = cols_; c-- > 0;) {
        Element& element = at(r, c);
        element.left = c == 0 ? left[r] : at(r, c - 1).left;
        if (stationary_) {
          element.sum = r == 0 ? top[c] : at(r - 1, c).sum;
        } else {
          element.top = r == 0 ? static_cast<int>(top[c]) : at(r - 1, c).top;
        }
        element.sum += static_cast<std::uint32_t>(element.left * element.top);
      }
    }
  }

 private:
  std::size_t rows_, cols_;
  bool stationary_;
  std::vector<Element> elements_;
};

}  // namespace brownout::accel
