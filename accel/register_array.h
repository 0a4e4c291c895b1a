// SPDX-License-Identifier: Apache-2.0
// The output-stationary systolic array at register-transfer timing (layer 3), as plain data: every
// product of every processing element exists, at its cycle.
//
// Row r's activation enters element (r, 0) at fold time k + r and moves one column right a cycle;
// column c's weight enters (0, c) at k + c and moves one row down. Element (r, c) multiplies
// operand k at time k + r + c and owns one output, complete after time K - 1 + r + c.
//
// Nothing is shifted: the activation registers of a row are a window sliding over its reversed
// stream, the weight registers of row r are the skewed weight line of r cycles ago.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/row_step.h"

namespace brownout::accel {

class RegisterArray {
 public:
  RegisterArray(std::uint32_t rows, std::uint32_t cols, Isa isa = best_isa());

  /// Starts a fold of `k` products per element with `initial` (one per column, e.g. the bias) in
  /// every row's accumulators. Fold time restarts at 0; registers read zero until fed.
  void begin_fold(std::uint32_t k, const std::vector<std::int32_t>& initial);

  /// Operand k of row `row`: activation code minus zero point, -255..255.
  void feed_ifmap(std::uint32_t row, std::uint32_t k, std::int16_t value) {
    ifmap_[row * ifmap_stride_ + (duration_ - 1 - (k + row))] = value;
  }
  /// Operand k of column `column`.
  void feed_filter(std::uint32_t column, std::uint32_t k, std::int8_t value) {
    filter_[static_cast<std::size_t>(k + column + rows_) * cols_ + column] = value;
  }

  /// Lets `cycles` pass; operands of that time must have been fed.
  void advance(std::uint32_t cycles);

  /// Cycles from the first operand to the last product: K + rows + cols - 2.
  [[nodiscard]] std::uint32_t duration() const { return duration_; }
  [[nodiscard]] std::uint32_t time() const { return time_; }
  /// Accumulators of a row, one per column.
  [[nodiscard]] const std::int32_t* row(std::uint32_t row) const {
    return &accumulators_[static_cast<std::size_t>(row) * cols_];
  }
  /// Registers of an element during the last cycle that passed; 0 before the first.
  [[nodiscard]] std::int16_t ifmap_register(std::uint32_t row, std::uint32_t column) const;
  [[nodiscard]] std::int16_t filter_register(std::uint32_t row, std::uint32_t column) const;

 private:
  std::uint32_t rows_;
  std::uint32_t cols_;
  RowStepFunction step_;
  std::uint32_t duration_ = 0;
  std::uint32_t time_ = 0;
  std::size_t ifmap_stride_ = 0;
  std::vector<std::int16_t> ifmap_;   // per row: stream reversed in time, then cols zeros
  std::vector<std::int16_t> filter_;  // per time: skewed line of cols; rows zero lines first
  std::vector<std::int32_t> accumulators_;
};

}  // namespace brownout::accel
