// SPDX-License-Identifier: Apache-2.0
#include "accel/register_core.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

constexpr std::uint32_t kQuadBytes = sizeof(ArrayLine);

/// A step begins at most 15 cycles before a block's first line, and a window reaches 15 bytes back.
constexpr std::uint32_t kGuardQuads = 4;
constexpr std::uint32_t kLeftGuard = 32;
/// After its last line likewise, and vector loads read on.
constexpr std::uint32_t kTailLines = kBlockColumns - 1 + kLargestStep + kQuad;
constexpr std::uint32_t kLeftTail = kTailLines + 16;

/// Cycles a result stays when vectors rotate, beyond rows + cols.
constexpr std::uint32_t kReadable = 64;

constexpr std::int32_t wrapped(std::uint32_t sum) { return static_cast<std::int32_t>(sum); }

/// Byte of column i in a skewed block, less that of k's quad: line k + i.
constexpr std::uint32_t skewed(std::uint32_t phase, std::uint32_t i) {
  return (phase + i) / kQuad * kQuadBytes + i * kQuad + (phase + i) % kQuad;
}

template <std::uint32_t Phase>
void scatter(std::uint8_t* quad, const std::uint8_t* bytes, std::uint32_t columns) {
  if (columns == kBlockColumns) {
#pragma GCC unroll 16
    for (std::uint32_t i = 0; i < kBlockColumns; ++i) quad[skewed(Phase, i)] = bytes[i];
  } else {
    for (std::uint32_t i = 0; i < columns; ++i) quad[skewed(Phase, i)] = bytes[i];
  }
}

}  // namespace

RegisterCore::RegisterCore(Dataflow dataflow, ArrayExtent extent, const ArrayKernels& kernels)
    : ArrayCore(dataflow, extent), kernels_(kernels) {}

void RegisterCore::prepare() {
  const CoreFold& f = fold();
  blocks_ = column_blocks(f.columns);
  // A vector is in the array for rows + cols cycles, and readable as long again.
  const std::uint32_t rotation = 2 * (extent().rows + extent().cols) + kReadable + kFeedAhead;
  slots_ = output_stationary() ? f.vectors : std::min(f.vectors, rotation);

  left_stride_ = odd_lines(std::size_t{kLeftGuard} + f.depth + kLeftTail);
  left_.reserve(slots_ * left_stride_);
  prepare_top();
  settled_ = false;
  summed_rows_ = 0;
  sum_stride_ = odd_lines(std::size_t{blocks_} * sizeof(ArrayLine)) / sizeof(std::int32_t);
  sums_.reserve(slots_ * sum_stride_ * sizeof(std::int32_t));
  initial_.assign(std::size_t{blocks_} * kBlockColumns, 0);
  if (f.column_initial != nullptr) std::copy_n(f.column_initial, f.columns, initial_.begin());
  if (output_stationary()) {
    for (std::uint32_t v = 0; v < f.vectors; ++v) load_initial(v, 0);
  }
}

void RegisterCore::prepare_top() {
  const std::uint32_t depth = fold().depth;
  const std::uint32_t quads = (depth + kTailLines) / kQuad + 1;
  top_stride_ = odd_lines(std::size_t{kGuardQuads + quads} * kQuadBytes);
  top_.reserve(blocks_ * top_stride_);
  for (std::uint32_t b = 0; b < blocks_; ++b) {
    // Everything but the quads which rows of the operand fill whole.
    constexpr std::size_t kHead = (kGuardQuads + kBlockColumns / kQuad) * std::size_t{kQuadBytes};
    std::uint8_t* block = top_.data() + b * top_stride_;
    const std::size_t tail = (kGuardQuads + depth / kQuad) * std::size_t{kQuadBytes};
    std::fill_n(block, std::min(kHead, top_stride_), std::uint8_t{0});
    std::fill(block + std::min(tail, top_stride_), block + top_stride_, std::uint8_t{0});
  }
}

void RegisterCore::load_initial(std::uint32_t v, std::uint32_t share) {
  const std::int32_t initial = fold().vector_initial == nullptr ? 0 : fold().vector_initial[v];
  const std::uint32_t more = static_cast<std::uint32_t>(initial) - share;
  std::transform(initial_.begin(), initial_.end(), sums_of(v), [&](std::int32_t value) {
    return wrapped(static_cast<std::uint32_t>(value) + more);
  });
}

std::uint32_t RegisterCore::zero_point_share(std::int32_t weights) const {
  return static_cast<std::uint32_t>(fold().zero_point) * static_cast<std::uint32_t>(weights);
}

void RegisterCore::settle() {
  settled_ = true;
  if (fold().zero_point == 0 || left_signed()) return;
  std::vector<std::int32_t>& weights = column_weights_;
  weights.resize(initial_.size());
  for (std::uint32_t b = 0; b < blocks_; ++b) {
    kernels_.column_sums(top_.data() + b * top_stride_, top_stride_ / kQuadBytes,
                         &weights[std::size_t{b} * kBlockColumns]);
  }
  const auto subtract_from = [&](std::int32_t* sums) {
    std::transform(weights.begin(), weights.end(), sums, sums,
                   [&](std::int32_t weight, std::int32_t sum) {
                     return wrapped(static_cast<std::uint32_t>(sum) - zero_point_share(weight));
                   });
  };
  if (!output_stationary()) return subtract_from(initial_.data());
  for (std::uint32_t v = 0; v < fold().vectors; ++v) subtract_from(sums_of(v));
}

void RegisterCore::feed_left(std::uint32_t v, std::uint32_t begin, std::uint32_t end,
                             const std::uint8_t* bytes) {
  require(v < fold().vectors && begin <= end && end <= fold().depth, "operands are in the fold");
  if (!output_stationary()) {
    require(slots_ == fold().vectors || v < time() + kFeedAhead, "vectors are fed at their time");
    require(begin == 0 && end == fold().depth, "vectors are fed whole");
    if (!settled_) settle();
    const bool weights = left_signed() && fold().zero_point != 0;
    load_initial(v, weights ? zero_point_share(kernels_.sum(bytes, end)) : 0);
  }
  std::uint8_t* const target = left_.data() + slot(v) * left_stride_ + kLeftGuard + begin;
  if (end - begin == kLargestStep) {
    std::memcpy(target, bytes, kLargestStep);  // the usual step, without a call
  } else {
    std::memcpy(target, bytes, end - begin);
  }
}

void RegisterCore::feed_top(std::uint32_t k, const std::uint8_t* bytes) {
  require(k < fold().depth, "operands are in the fold");
  constexpr std::array kScatter = {scatter<0>, scatter<1>, scatter<2>, scatter<3>};
  const auto place = kScatter[k % kQuad];
  std::uint8_t* quad = top_.data() + (kGuardQuads + k / kQuad) * std::size_t{kQuadBytes};
  for (std::uint32_t c = 0; c < fold().columns; c += kBlockColumns, quad += top_stride_) {
    place(quad, bytes + c, std::min(kBlockColumns, fold().columns - c));
  }
}

void RegisterCore::step(std::uint32_t cycles) {
  const std::uint32_t end = time() + cycles;
  if (!settled_ && end > completion(0, 0)) settle();
  for (std::uint32_t t = time(); t < end; t += kLargestStep) {
    step_chunk(t, std::min(end, t + kLargestStep));
  }
}

void RegisterCore::step_chunk(std::uint32_t begin, std::uint32_t end) {
  // Line j of block b meets vector v in cycle v + 16 b + j; it has depth + 15 lines.
  const auto lines = static_cast<std::int32_t>(fold().depth + kBlockColumns - 1);
  const auto from = static_cast<std::int32_t>(begin);
  const auto last_block = static_cast<std::int32_t>(blocks_) - 1;
  constexpr auto kWidth = static_cast<std::int32_t>(kBlockColumns);
  const auto first =
      static_cast<std::uint32_t>(std::max(0, from - kWidth * last_block - lines + 1));
  const std::uint32_t last = std::min(end, fold().vectors);
  const std::ptrdiff_t top_stride =
      static_cast<std::ptrdiff_t>(top_stride_) - std::ptrdiff_t{kBlockColumns / kQuad} * kQuadBytes;
  const auto kernel = kernels_.sided(left_signed()).step;
  std::array<SkewedRow, 64> rows;
  std::size_t count = 0;
  std::size_t place = slot(first);
  for (std::uint32_t v = first; v < last; ++v, ++place) {
    if (place == slots_) place = 0;
    const std::int32_t line = from - static_cast<std::int32_t>(v);
    const std::int32_t first_block = line < lines ? 0 : (line - lines) / kWidth + 1;
    const std::int32_t end_block =
        std::min(last_block, static_cast<std::int32_t>(end - 1 - v) / kWidth) + 1;
    const auto phase = static_cast<std::uint32_t>(line) % kQuad;
    const std::ptrdiff_t origin =
        line - static_cast<std::int32_t>(phase) - std::ptrdiff_t{kWidth} * first_block;
    const auto block = static_cast<std::size_t>(first_block);
    rows[count++] = {left_.data() + place * left_stride_ + kLeftGuard + origin,
                     top_.data() + block * top_stride_ +
                         (kGuardQuads + origin / std::ptrdiff_t{kQuad}) * kQuadBytes,
                     sums_at(place) + block * kBlockColumns,
                     static_cast<std::uint32_t>(end_block - first_block), phase};
    if (count == rows.size() || v + 1 == last) {
      kernel({rows.data(), count, end - begin, top_stride});
      count = 0;
    }
  }
}

const std::int32_t* RegisterCore::result(std::uint32_t v) const {
  require(v < fold().vectors, "a result is in the fold");
  return reinterpret_cast<const std::int32_t*>(sums_.data()) + slot(v) * sum_stride_;
}

std::int16_t RegisterCore::left_operand(std::uint32_t v, std::uint32_t k) const {
  const std::uint8_t byte = left_.data()[slot(v) * left_stride_ + kLeftGuard + k];
  return static_cast<std::int16_t>(left_signed() ? static_cast<std::int8_t>(byte)
                                                 : byte - fold().zero_point);
}

std::int16_t RegisterCore::top_operand(std::uint32_t k, std::uint32_t column) const {
  const std::uint8_t* quad = top_.data() + column / kBlockColumns * top_stride_ +
                             (kGuardQuads + k / kQuad) * std::size_t{kQuadBytes};
  const std::uint8_t byte = quad[skewed(k % kQuad, column % kBlockColumns)];
  return static_cast<std::int16_t>(left_signed() ? byte - fold().zero_point
                                                 : static_cast<std::int8_t>(byte));
}

std::optional<ElementRegisters> RegisterCore::registers(std::uint32_t row,
                                                        std::uint32_t column) const {
  require(row < extent().rows && column < extent().cols, "an element is in the array");
  const CoreFold& f = fold();
  ElementRegisters registers;
  // What index streams past this element, and which one it has in the last cycle; wraps to a huge
  // number before the first.
  const std::uint32_t stream = time() - 1 - row - column;
  const bool started = time() > row + column;
  const std::uint32_t v = output_stationary() ? row : stream;
  const std::uint32_t k = output_stationary() ? stream : row;
  const bool has_left = started && v < f.vectors && k < f.depth;
  if (has_left) registers.left = left_operand(v, k);
  if (column >= f.columns) return registers;
  const bool has_top = k < f.depth && (started || !output_stationary());
  if (has_top) registers.top = top_operand(k, column);
  const bool has_sum = v < f.vectors && (started || output_stationary());
  if (has_sum) {
    const std::uint32_t products = started ? std::min(f.depth, k + 1) : 0;
    registers.accumulator = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(result(v)[column]) + pending_share(v, column, products));
  }
  return registers;
}

std::uint32_t RegisterCore::pending_share(std::uint32_t v, std::uint32_t column,
                                          std::uint32_t products) const {
  if (fold().zero_point == 0) return 0;
  std::int32_t weights = 0;
  if (left_signed()) {
    for (std::uint32_t k = products; k < fold().depth; ++k) weights += left_operand(v, k);
  } else {
    weights = (settled_ ? top_sum(column, fold().depth) : 0) - top_sum(column, products);
  }
  return zero_point_share(weights);
}

std::int32_t RegisterCore::top_sum(std::uint32_t column, std::uint32_t count) const {
  const std::size_t width = fold().columns;
  if (top_sums_.size() < (std::size_t{fold().depth} + 1) * width) {
    top_sums_.resize((std::size_t{fold().depth} + 1) * width);
  }
  for (; summed_rows_ < count; ++summed_rows_) {
    const std::size_t row = summed_rows_ * width;
    for (std::uint32_t c = 0; c < width; ++c) {
      top_sums_[row + width + c] =
          (summed_rows_ == 0 ? 0 : top_sums_[row + c]) + top_operand(summed_rows_, c);
    }
  }
  return count == 0 ? 0 : top_sums_[count * width + column];
}

}  // namespace brownout::accel
