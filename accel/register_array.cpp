// SPDX-License-Identifier: Apache-2.0
#include "accel/register_array.h"

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::accel {

RegisterArray::RegisterArray(std::uint32_t rows, std::uint32_t cols, Isa isa)
    : rows_(rows),
      cols_(cols),
      step_(row_step(isa)),
      accumulators_(static_cast<std::size_t>(rows) * cols) {}

void RegisterArray::begin_fold(std::uint32_t k, const std::vector<std::int32_t>& initial) {
  require(k > 0 && initial.size() == cols_, "a fold has operands and an initial value per column");
  duration_ = k + rows_ + cols_ - 2;
  time_ = 0;
  ifmap_stride_ = duration_ + cols_;
  ifmap_.assign(rows_ * ifmap_stride_, 0);
  filter_.assign(static_cast<std::size_t>(duration_ + rows_) * cols_, 0);
  for (std::uint32_t row = 0; row < rows_; ++row) {
    std::copy(initial.begin(), initial.end(),
              &accumulators_[static_cast<std::size_t>(row) * cols_]);
  }
}

void RegisterArray::advance(std::uint32_t cycles) {
  require(time_ + cycles <= duration_, "the array is advanced past the end of its fold");
  for (std::uint32_t row = 0; row < rows_; ++row) {
    const RowStep step{&ifmap_[row * ifmap_stride_ + (duration_ - 1 - time_)],
                       &filter_[static_cast<std::size_t>(time_ + rows_ - row) * cols_], cols_,
                       cycles, cols_};
    step_(step, &accumulators_[static_cast<std::size_t>(row) * cols_]);
  }
  time_ += cycles;
}

std::int16_t RegisterArray::ifmap_register(std::uint32_t row, std::uint32_t column) const {
  if (time_ == 0) return 0;
  return ifmap_[row * ifmap_stride_ + (duration_ - time_) + column];
}

std::int16_t RegisterArray::filter_register(std::uint32_t row, std::uint32_t column) const {
  if (time_ == 0) return 0;
  return filter_[static_cast<std::size_t>(time_ - 1 + rows_ - row) * cols_ + column];
}

}  // namespace brownout::accel
