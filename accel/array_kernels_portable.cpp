// SPDX-License-Identifier: Apache-2.0
// Array kernels without intrinsics, and the choice of a table.
#include <algorithm>
#include <string>

#include "accel/array_kernels.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

/// The product of two operand bytes: a weight times a code less the zero point.
template <bool LeftSigned>
std::uint32_t product(std::uint8_t left, std::uint8_t top, std::int32_t zero_point) {
  const std::uint8_t weight = LeftSigned ? left : top;
  const std::uint8_t code = LeftSigned ? top : left;
  return static_cast<std::uint32_t>(static_cast<std::int8_t>(weight) * (code - zero_point));
}

template <bool LeftSigned>
void step(const SkewedStep& task, std::int32_t* accumulators) {
  const std::uint8_t* left = task.left;
  const std::uint8_t* top = task.top;
  for (std::uint32_t b = 0; b < task.blocks; ++b) {
    for (std::uint32_t i = 0; i < kBlockColumns; ++i, ++accumulators) {
      auto sum = static_cast<std::uint32_t>(*accumulators);
      for (std::uint32_t j = task.phase; j < task.phase + task.cycles; ++j) {
        const std::uint8_t value = top[j / kQuad * 64 + i * kQuad + j % kQuad];
        sum += product<LeftSigned>(*(left + j - i), value, task.zero_point);
      }
      *accumulators = static_cast<std::int32_t>(sum);
    }
    left -= kBlockColumns;
    top += task.top_stride;
  }
}

template <bool LeftSigned>
void gemm(const GemmTask& task) {
  const std::ptrdiff_t panel = std::ptrdiff_t{64} * ((task.depth + kQuad - 1) / kQuad);
  for (std::uint32_t v = 0; v < task.vectors; ++v) {
    const std::uint8_t* left = task.left + v * task.left_stride;
    const std::int32_t initial = task.vector_initial == nullptr ? 0 : task.vector_initial[v];
    for (std::uint32_t c = 0; c < task.blocks * kBlockColumns; ++c) {
      const std::uint8_t* top =
          task.top + c / kBlockColumns * panel + c % kBlockColumns * std::ptrdiff_t{kQuad};
      auto sum =
          static_cast<std::uint32_t>(task.column_initial[c]) + static_cast<std::uint32_t>(initial);
      for (std::uint32_t k = 0; k < task.depth; ++k) {
        sum += product<LeftSigned>(left[k], top[k / kQuad * 64 + k % kQuad], task.zero_point);
      }
      task.out[v * task.out_stride + c] = static_cast<std::int32_t>(sum);
    }
  }
}

}  // namespace

const ArrayKernels kPortableArrayKernels = {{step<false>, gemm<false>}, {step<true>, gemm<true>}};

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
