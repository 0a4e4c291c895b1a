// SPDX-License-Identifier: Apache-2.0
#include "accel/register_array.h"

#include <algorithm>

#include "sim/core/error.h"

// One binary serves every x86-64: the loader picks the widest vector variant the machine has.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BROWNOUT_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define BROWNOUT_VECTOR_CLONES
#endif

namespace brownout::accel {
namespace {

/// Columns handled together, so that their accumulators stay in vector registers over the cycles.
constexpr std::uint32_t kBlock = 32;

/// `cycles` cycles of `columns` neighbouring elements of one row. In the j-th cycle their operands
/// are ifmap[c - j] and filter[j * stride + c]. Products fit 16 bits: |255 * 128| < 2^15.
BROWNOUT_VECTOR_CLONES
void step_row(const std::int16_t* __restrict ifmap, const std::int16_t* __restrict filter,
              std::size_t stride, std::uint32_t cycles, std::int32_t* __restrict accumulators) {
  std::uint32_t sum[kBlock];
  for (std::uint32_t c = 0; c < kBlock; ++c) sum[c] = static_cast<std::uint32_t>(accumulators[c]);
  for (std::uint32_t j = 0; j < cycles; ++j) {
    for (std::uint32_t c = 0; c < kBlock; ++c) {
      const auto product = static_cast<std::int16_t>(ifmap[c] * filter[c]);
      sum[c] += static_cast<std::uint32_t>(product);
    }
    --ifmap;
    filter += stride;
  }
  for (std::uint32_t c = 0; c < kBlock; ++c) accumulators[c] = static_cast<std::int32_t>(sum[c]);
}

/// The same for any number of columns.
void step_row_rest(const std::int16_t* ifmap, const std::int16_t* filter, std::size_t stride,
                   std::uint32_t cycles, std::uint32_t columns, std::int32_t* accumulators) {
  for (std::uint32_t j = 0; j < cycles; ++j) {
    for (std::uint32_t c = 0; c < columns; ++c) {
      accumulators[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(accumulators[c]) +
                                                  static_cast<std::uint32_t>(ifmap[c] * filter[c]));
    }
    --ifmap;
    filter += stride;
  }
}

}  // namespace

RegisterArray::RegisterArray(std::uint32_t rows, std::uint32_t cols)
    : rows_(rows), cols_(cols), accumulators_(static_cast<std::size_t>(rows) * cols) {}

void RegisterArray::begin_fold(std::uint32_t k, const std::vector<std::int32_t>& initial) {
  require(k > 0 && initial.size() == cols_, "a fold has operands and an initial value per column");
  duration_ = k + rows_ + cols_ - 2;
  time_ = 0;
  ifmap_stride_ = duration_ + cols_;
  ifmap_.assign(rows_ * ifmap_stride_, 0);
  filter_.assign(static_cast<std::size_t>(duration_ + rows_) * cols_, 0);
  for (std::uint32_t row = 0; row < rows_; ++row) {
    std::copy(initial.begin(), initial.end(), accumulators_.begin() + static_cast<std::ptrdiff_t>(row * cols_));
  }
}

void RegisterArray::advance(std::uint32_t cycles) {
  require(time_ + cycles <= duration_, "the array is advanced past the end of its fold");
  for (std::uint32_t row = 0; row < rows_; ++row) {
    const std::int16_t* ifmap = &ifmap_[row * ifmap_stride_ + (duration_ - 1 - time_)];
    const std::int16_t* filter = &filter_[static_cast<std::size_t>(time_ + rows_ - row) * cols_];
    std::int32_t* sums = &accumulators_[static_cast<std::size_t>(row) * cols_];
    std::uint32_t column = 0;
    for (; column + kBlock <= cols_; column += kBlock) {
      step_row(ifmap + column, filter + column, cols_, cycles, sums + column);
    }
    if (column < cols_) {
      step_row_rest(ifmap + column, filter + column, cols_, cycles, cols_ - column, sums + column);
    }
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
