// SPDX-License-Identifier: Apache-2.0
// Array kernels without intrinsics, and the choice of a table.
#include <algorithm>
#include <numeric>
#include <string>

#include "accel/array_kernels.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

template <bool LeftSigned>
std::uint32_t product(std::uint8_t left, std::uint8_t top) {
  const std::uint8_t weight = LeftSigned ? left : top;
  const std::uint8_t code = LeftSigned ? top : left;
  return static_cast<std::uint32_t>(static_cast<std::int8_t>(weight) * code);
}

template <bool LeftSigned>
void step_row(const SkewedRow& row, const SkewedStep& task) {
  const std::uint8_t* left = row.left;
  const std::uint8_t* top = row.top;
  std::int32_t* sums = row.sums;
  for (std::uint32_t b = 0; b < row.blocks; ++b) {
    for (std::uint32_t i = 0; i < kBlockColumns; ++i, ++sums) {
      auto sum = static_cast<std::uint32_t>(*sums);
      for (std::uint32_t j = row.phase; j < row.phase + task.cycles; ++j) {
        sum += product<LeftSigned>(*(left + j - i), top[j / kQuad * 64 + i * kQuad + j % kQuad]);
      }
      *sums = static_cast<std::int32_t>(sum);
    }
    left -= kBlockColumns;
    top += task.top_stride;
  }
}

template <bool LeftSigned>
void step(const SkewedStep& task) {
  for (std::size_t i = 0; i < task.count; ++i) step_row<LeftSigned>(task.rows[i], task);
}

template <bool LeftSigned>
void gemm(const GemmTask& task) {
  const std::size_t panel = std::size_t{64} * task.quads;
  for (std::uint32_t v = 0; v < task.vectors; ++v) {
    const std::uint8_t* left = task.left + v * task.left_stride;
    for (std::uint32_t c = 0; c < task.blocks * kBlockColumns; ++c) {
      const std::uint8_t* top =
          task.top + c / kBlockColumns * panel + c % kBlockColumns * std::size_t{kQuad};
      auto sum = static_cast<std::uint32_t>(task.column_initial[c]) +
                 static_cast<std::uint32_t>(task.vector_initial[v]);
      for (std::uint32_t k = 0; k < kQuad * task.quads; ++k) {
        sum += product<LeftSigned>(left[k], top[k / kQuad * 64 + k % kQuad]);
      }
      task.out[v * task.out_stride + c] = static_cast<std::int32_t>(sum);
    }
  }
}

void column_sums(const std::uint8_t* top, std::size_t quads, std::int32_t* sums) {
  std::fill_n(sums, kBlockColumns, 0);
  for (std::size_t i = 0; i < quads * 64; ++i) {
    sums[i % 64 / kQuad] += static_cast<std::int8_t>(top[i]);
  }
}

std::int32_t sum(const std::uint8_t* bytes, std::size_t count) {
  return std::accumulate(bytes, bytes + count, 0, [](std::int32_t total, std::uint8_t byte) {
    return total + static_cast<std::int8_t>(byte);
  });
}

void interleave(const InterleaveTask& task) {
  for (std::size_t c = 0; c < std::size_t{task.blocks} * kBlockColumns; ++c) {
    std::uint8_t* quad = task.quad + c / kBlockColumns * task.panel + c % kBlockColumns * kQuad;
    for (std::size_t n = 0; n < kQuad; ++n) quad[n] = task.rows[n * task.row_stride + c];
  }
}

}  // namespace

const ArrayKernels kPortableArrayKernels = {
    {step<false>, gemm<false>}, {step<true>, gemm<true>}, column_sums, sum, interleave};

const ArrayKernels& array_kernels(Isa isa) {
  if (!is_supported(isa)) {
    throw InputError(std::string("this machine has no ") + isa_name(isa) + " instructions");
  }
#ifdef __x86_64__
  if (isa == Isa::kAvx512Vnni) return kAvx512ArrayKernels;
  if (isa == Isa::kAvx2) return kAvx2ArrayKernels;
#endif
  return kPortableArrayKernels;
}

}  // namespace brownout::accel
