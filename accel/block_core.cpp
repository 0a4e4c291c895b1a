// SPDX-License-Identifier: Apache-2.0
#include "accel/block_core.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sim/core/error.h"

namespace brownout::accel {

BlockCore::BlockCore(Dataflow dataflow, ArrayExtent extent, const ArrayKernels& kernels)
    : ArrayCore(dataflow, extent), kernels_(kernels) {
  row_stride_ = std::size_t{column_blocks(extent.cols)} * kBlockColumns;
  rows_.resize(kQuad * row_stride_);
}

void BlockCore::prepare() {
  const CoreFold& f = fold();
  blocks_ = column_blocks(f.columns);
  done_ = 0;
  left_stride_ = odd_lines(f.depth);
  left_.reserve(f.vectors * left_stride_);
  panel_ = std::size_t{(f.depth + kQuad - 1) / kQuad} * sizeof(ArrayLine);
  top_.reserve(blocks_ * panel_);
  out_stride_ = std::size_t{blocks_} * kBlockColumns;
  out_.reserve(f.vectors * out_stride_ * sizeof(std::int32_t));
  column_initial_.assign(out_stride_, 0);
  vector_initial_.assign(f.vectors, 0);
  if (f.column_initial != nullptr) {
    std::copy_n(f.column_initial, f.columns, column_initial_.begin());
  }
  if (f.vector_initial != nullptr) {
    std::copy_n(f.vector_initial, f.vectors, vector_initial_.begin());
  }
}

void BlockCore::feed_left(std::uint32_t v, std::uint32_t begin, std::uint32_t end,
                          const std::uint8_t* bytes) {
  require(v < fold().vectors && begin <= end && end <= fold().depth, "operands are in the fold");
  std::memcpy(left_.data() + v * left_stride_ + begin, bytes, end - begin);
}

void BlockCore::feed_top(std::uint32_t k, const std::uint8_t* bytes) {
  require(k < fold().depth, "operands are in the fold");
  std::memcpy(&rows_[k % kQuad * row_stride_], bytes, fold().columns);
  if (k + 1 == fold().depth) {
    const auto used = static_cast<std::ptrdiff_t>((k % kQuad + 1) * row_stride_);
    std::fill(rows_.begin() + used, rows_.end(), std::uint8_t{0});
  }
  if (k % kQuad != kQuad - 1 && k + 1 != fold().depth) return;
  std::uint8_t* quad = top_.data() + k / kQuad * sizeof(ArrayLine);
  kernels_.interleave({rows_.data(), row_stride_, quad, panel_, blocks_});
}

void BlockCore::step(std::uint32_t cycles) {
  // Every operand streams in during cycles 0 to depth - 1 (output stationary), or vector v in cycle
  // v. Waiting until a result is due makes the products few and large.
  const std::uint32_t end = time() + cycles;
  if (done_ == fold().vectors || end <= completion(done_, 0)) return;
  compute(output_stationary() ? fold().vectors : std::min(end, fold().vectors));
}

void BlockCore::subtract_zero_point(std::uint32_t end) {
  const auto zero_point = static_cast<std::uint32_t>(fold().zero_point);
  const auto subtract = [&](std::int32_t& initial, std::int32_t weights) {
    initial = static_cast<std::int32_t>(static_cast<std::uint32_t>(initial) -
                                        zero_point * static_cast<std::uint32_t>(weights));
  };
  if (zero_point == 0) return;
  if (left_signed()) {
    for (std::uint32_t v = done_; v < end; ++v) {
      subtract(vector_initial_[v], kernels_.sum(left_.data() + v * left_stride_, fold().depth));
    }
  } else if (done_ == 0) {
    std::array<std::int32_t, kBlockColumns> sums;
    for (std::size_t c = 0; c < out_stride_; ++c) {
      const std::size_t lane = c % kBlockColumns;
      if (lane == 0) {
        const std::uint8_t* panel = top_.data() + c / kBlockColumns * panel_;
        kernels_.column_sums(panel, panel_ / sizeof(ArrayLine), sums.data());
      }
      subtract(column_initial_[c], sums[lane]);
    }
  }
}

void BlockCore::compute(std::uint32_t end) {
  subtract_zero_point(end);
  GemmTask task;
  task.left = left_.data() + done_ * left_stride_;
  task.left_stride = static_cast<std::ptrdiff_t>(left_stride_);
  task.vectors = end - done_;
  task.quads = static_cast<std::uint32_t>(panel_ / sizeof(ArrayLine));
  task.top = top_.data();
  task.blocks = blocks_;
  task.column_initial = column_initial_.data();
  task.vector_initial = vector_initial_.data() + done_;
  task.out = reinterpret_cast<std::int32_t*>(out_.data()) + done_ * out_stride_;
  task.out_stride = static_cast<std::ptrdiff_t>(out_stride_);
  kernels_.sided(left_signed()).gemm(task);
  done_ = end;
}

const std::int32_t* BlockCore::result(std::uint32_t v) const {
  require(v < done_, "a result is read after its time");
  return reinterpret_cast<const std::int32_t*>(out_.data()) + v * out_stride_;
}

std::optional<ElementRegisters> BlockCore::registers(std::uint32_t /*row*/,
                                                     std::uint32_t /*column*/) const {
  return std::nullopt;
}

}  // namespace brownout::accel
