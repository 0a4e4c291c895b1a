// SPDX-License-Identifier: Apache-2.0
#include "accel/block_core.h"

#include <algorithm>
#include <cstring>

#include "sim/core/error.h"

namespace brownout::accel {

BlockCore::BlockCore(Dataflow dataflow, ArrayExtent extent, const ArrayKernels& kernels)
    : ArrayCore(dataflow, extent), kernels_(kernels.sided(left_signed())) {
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
  initial_.assign(out_stride_, 0);
  if (f.column_initial != nullptr) std::copy_n(f.column_initial, f.columns, initial_.begin());
}

void BlockCore::feed_left(std::uint32_t v, std::uint32_t begin, std::uint32_t end,
                          const std::uint8_t* bytes) {
  require(v < fold().vectors && begin <= end && end <= fold().depth, "operands are in the fold");
  std::uint8_t* const left = left_.data() + v * left_stride_;
  std::memcpy(left + begin, bytes, end - begin);
  if (end == fold().depth && end % kQuad != 0) std::memset(left + end, 0, kQuad - end % kQuad);
}

void BlockCore::feed_top(std::uint32_t k, const std::uint8_t* bytes) {
  require(k < fold().depth, "operands are in the fold");
  std::memcpy(&rows_[k % kQuad * row_stride_], bytes, fold().columns);
  if (k + 1 == fold().depth) {
    const auto used = static_cast<std::ptrdiff_t>((k % kQuad + 1) * row_stride_);
    std::fill(rows_.begin() + used, rows_.end(), std::uint8_t{0});
  }
  if (k % kQuad == kQuad - 1 || k + 1 == fold().depth) pack(k / kQuad);
}

void BlockCore::pack(std::uint32_t quad) {
  const std::uint8_t* row = rows_.data();
  std::uint8_t* target = top_.data() + quad * sizeof(ArrayLine);
  for (std::uint32_t b = 0; b < blocks_; ++b, row += kBlockColumns, target += panel_) {
    for (std::uint32_t i = 0; i < kBlockColumns; ++i) {
      for (std::uint32_t n = 0; n < kQuad; ++n) target[i * kQuad + n] = row[n * row_stride_ + i];
    }
  }
}

void BlockCore::step(std::uint32_t cycles) {
  // Every operand streams in during cycles 0 to depth - 1 (output stationary), or vector v in cycle
  // v. Waiting until a result is due makes the products few and large.
  const std::uint32_t end = time() + cycles;
  if (done_ == fold().vectors || end <= completion(done_, 0)) return;
  compute(output_stationary() ? fold().vectors : std::min(end, fold().vectors));
}

void BlockCore::compute(std::uint32_t end) {
  GemmTask task;
  task.left = left_.data() + done_ * left_stride_;
  task.left_stride = static_cast<std::ptrdiff_t>(left_stride_);
  task.vectors = end - done_;
  task.depth = fold().depth;
  task.top = top_.data();
  task.blocks = blocks_;
  task.zero_point = fold().zero_point;
  task.column_initial = initial_.data();
  task.vector_initial = fold().vector_initial == nullptr ? nullptr : fold().vector_initial + done_;
  task.out = reinterpret_cast<std::int32_t*>(out_.data()) + done_ * out_stride_;
  task.out_stride = static_cast<std::ptrdiff_t>(out_stride_);
  kernels_.gemm(task);
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
