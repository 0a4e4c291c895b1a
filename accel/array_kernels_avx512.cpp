// SPDX-License-Identifier: Apache-2.0
// AVX-512 array kernels: vpdpbusd adds four unsigned-signed byte products to each of 16 columns'
// accumulators, wrapping. The zero point's share, zero point times the weights, is summed apart.
#ifdef __x86_64__

#include <immintrin.h>

#include <array>
#include <cstring>

#include "accel/array_kernels.h"

namespace brownout::accel {
namespace {

constexpr __mmask64 kAllBytes = ~__mmask64{0};

/// sum += four products a lane. Assembly for g++ 12's sake, see fast/kernels_avx512.cpp.
[[gnu::target("avx512f,avx512vnni"), gnu::always_inline]] inline void dot_bytes(__m512i& sum,
                                                                                __m512i codes,
                                                                                __m512i weights) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(codes), "v"(weights));
}

template <bool LeftSigned>
[[gnu::target("avx512f,avx512vnni"), gnu::always_inline]] inline void dot(__m512i& sum,
                                                                          __m512i left,
                                                                          __m512i top) {
  if constexpr (LeftSigned) {
    dot_bytes(sum, top, left);
  } else {
    dot_bytes(sum, left, top);
  }
}

/// A mask of bytes `from` to `to` of every quad.
__mmask64 quad_bytes(std::uint32_t from, std::uint32_t to) {
  const std::uint64_t bytes = (0xfU << from) & 0xfU & ((1U << to) - 1U);
  return bytes * 0x1111111111111111U;
}

/// Where column i's window is among the 16 bytes that end 3 after the first line (columns 0 to 3)
/// or that start 15 before it.
alignas(64) constexpr std::array<std::uint8_t, 64> kWindows = [] {
  std::array<std::uint8_t, 64> windows{};
  for (std::size_t i = 0; i < kBlockColumns; ++i) {
    for (std::size_t n = 0; n < kQuad; ++n) {
      windows[i * kQuad + n] = static_cast<std::uint8_t>((i < 4 ? 3 : 15) - i + n);
    }
  }
  return windows;
}();

template <bool LeftSigned, int Quads>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] void step_quads(
    const SkewedStep& task, std::int32_t* accumulators) {
  const __mmask64 head = quad_bytes(task.phase, kQuad);
  const __mmask64 tail = quad_bytes(0, task.phase + task.cycles - kQuad * (Quads - 1));
  const __m512i zero_point = _mm512_set1_epi8(static_cast<char>(task.zero_point));
  const __m512i windows = _mm512_load_si512(kWindows.data());
  const std::uint8_t* left = task.left;
  const std::uint8_t* top = task.top;
  for (std::uint32_t b = 0; b < task.blocks; ++b) {
    __m512i sum = _mm512_loadu_si512(accumulators);
    __m512i offset = _mm512_setzero_si512();
#pragma GCC unroll 5
    for (int q = 0; q < Quads; ++q) {
      const auto* bytes = reinterpret_cast<const __m128i*>(left + 4 * q - 15);
      const auto* first = reinterpret_cast<const __m128i*>(left + 4 * q - 3);
      __m512i window = _mm512_broadcast_i32x4(_mm_loadu_si128(bytes));
      window = _mm512_mask_broadcast_i32x4(window, 0x000f, _mm_loadu_si128(first));
      window = _mm512_shuffle_epi8(window, windows);
      __m512i line = _mm512_load_si512(top + 64 * q);
      if (q == 0 || q == Quads - 1) {
        __mmask64 mask = q == 0 ? head : kAllBytes;
        if (q == Quads - 1) mask &= tail;
        // The weights' side, or the zero point's share would count cycles of another step.
        (LeftSigned ? window : line) = _mm512_maskz_mov_epi8(mask, LeftSigned ? window : line);
      }
      dot<LeftSigned>(sum, window, line);
      dot_bytes(offset, zero_point, LeftSigned ? window : line);
    }
    _mm512_storeu_si512(accumulators, _mm512_sub_epi32(sum, offset));
    accumulators += kBlockColumns;
    left -= kBlockColumns;
    top += task.top_stride;
  }
}

template <bool LeftSigned>
void step(const SkewedStep& task, std::int32_t* accumulators) {
  switch ((task.phase + task.cycles + kQuad - 1) / kQuad) {
    case 1:
      return step_quads<LeftSigned, 1>(task, accumulators);
    case 2:
      return step_quads<LeftSigned, 2>(task, accumulators);
    case 3:
      return step_quads<LeftSigned, 3>(task, accumulators);
    case 4:
      return step_quads<LeftSigned, 4>(task, accumulators);
    default:
      return step_quads<LeftSigned, 5>(task, accumulators);
  }
}

/// What a vector's sums start with: its initial value, less its weights' share of the zero point.
template <bool LeftSigned>
[[gnu::target("avx512f,avx512bw,avx512vnni"), gnu::always_inline]] inline __m512i vector_start(
    const GemmTask& task, std::uint32_t v) {
  std::uint32_t start =
      task.vector_initial == nullptr ? 0 : static_cast<std::uint32_t>(task.vector_initial[v]);
  if constexpr (LeftSigned) {
    const __m512i zero_point = _mm512_set1_epi8(static_cast<char>(task.zero_point));
    const std::uint8_t* left = task.left + v * task.left_stride;
    __m512i share = _mm512_setzero_si512();
    for (std::uint32_t k = 0; k < task.depth; k += 64) {
      const std::uint32_t rest = task.depth - k;
      const __mmask64 mask = rest >= 64 ? kAllBytes : (std::uint64_t{1} << rest) - 1;
      dot_bytes(share, zero_point, _mm512_maskz_loadu_epi8(mask, left + k));
    }
    start -= static_cast<std::uint32_t>(_mm512_reduce_add_epi32(share));
  }
  return _mm512_set1_epi32(static_cast<std::int32_t>(start));
}

/// Vectors from `v` on, Blocks blocks from `block` on; `column_start` as vector_start.
template <bool LeftSigned, int Vectors, int Blocks>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] void run_tile(
    const GemmTask& task, std::uint32_t v, std::uint32_t block,
    const __m512i (&column_start)[Blocks]) {
  const std::ptrdiff_t panel = std::ptrdiff_t{64} * ((task.depth + kQuad - 1) / kQuad);
  const std::uint8_t* left = task.left + v * task.left_stride;
  const std::uint8_t* top = task.top + block * panel;
  const std::uint8_t* const end = top + panel;
  const std::ptrdiff_t stride = task.left_stride;
  __m512i sum[Vectors][Blocks];
#pragma GCC unroll 8
  for (int p = 0; p < Vectors; ++p) {
    const __m512i start = vector_start<LeftSigned>(task, v + static_cast<std::uint32_t>(p));
#pragma GCC unroll 4
    for (int n = 0; n < Blocks; ++n) sum[p][n] = _mm512_add_epi32(column_start[n], start);
  }
  for (; top != end; top += 64, left += kQuad) {
    __m512i lines[Blocks];
#pragma GCC unroll 4
    for (int n = 0; n < Blocks; ++n) lines[n] = _mm512_load_si512(top + n * panel);
#pragma GCC unroll 8
    for (int p = 0; p < Vectors; ++p) {
      std::int32_t quad;
      std::memcpy(&quad, left + p * stride, sizeof(quad));
      const __m512i operands = _mm512_set1_epi32(quad);
#pragma GCC unroll 4
      for (int n = 0; n < Blocks; ++n) dot<LeftSigned>(sum[p][n], operands, lines[n]);
    }
  }
#pragma GCC unroll 8
  for (int p = 0; p < Vectors; ++p) {
    std::int32_t* out =
        task.out + (v + p) * task.out_stride + std::ptrdiff_t{block} * kBlockColumns;
#pragma GCC unroll 4
    for (int n = 0; n < Blocks; ++n) _mm512_storeu_si512(out + n * kBlockColumns, sum[p][n]);
  }
}

template <bool LeftSigned, int Blocks>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] void run_blocks(const GemmTask& task,
                                                                        std::uint32_t block) {
  const std::ptrdiff_t panel = std::ptrdiff_t{64} * ((task.depth + kQuad - 1) / kQuad);
  __m512i start[Blocks];
  for (int n = 0; n < Blocks; ++n) {
    const std::ptrdiff_t column = (block + static_cast<std::uint32_t>(n)) * kBlockColumns;
    start[n] = _mm512_loadu_si512(task.column_initial + column);
    if constexpr (!LeftSigned) {
      const __m512i zero_point = _mm512_set1_epi8(static_cast<char>(task.zero_point));
      const std::uint8_t* top = task.top + (block + n) * panel;
      __m512i share = _mm512_setzero_si512();
      for (const std::uint8_t* const end = top + panel; top != end; top += 64) {
        dot_bytes(share, zero_point, _mm512_load_si512(top));
      }
      start[n] = _mm512_sub_epi32(start[n], share);
    }
  }
  std::uint32_t v = 0;
  if constexpr (Blocks <= 2) {
    for (; v + 8 <= task.vectors; v += 8) run_tile<LeftSigned, 8, Blocks>(task, v, block, start);
    for (; v + 4 <= task.vectors; v += 4) run_tile<LeftSigned, 4, Blocks>(task, v, block, start);
  }
  for (; v < task.vectors; ++v) run_tile<LeftSigned, 1, Blocks>(task, v, block, start);
}

template <bool LeftSigned>
void gemm(const GemmTask& task) {
  std::uint32_t block = 0;
  // Few vectors: more columns at a time hide the products' latency.
  for (; task.vectors < 4 && block + 4 <= task.blocks; block += 4) {
    run_blocks<LeftSigned, 4>(task, block);
  }
  for (; block + 2 <= task.blocks; block += 2) run_blocks<LeftSigned, 2>(task, block);
  if (block < task.blocks) run_blocks<LeftSigned, 1>(task, block);
}

}  // namespace

const ArrayKernels kAvx512ArrayKernels = {{step<false>, gemm<false>}, {step<true>, gemm<true>}};

}  // namespace brownout::accel

#endif  // __x86_64__
