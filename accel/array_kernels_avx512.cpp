// SPDX-License-Identifier: Apache-2.0
// AVX-512 array kernels: vpdpbusd adds four unsigned-signed byte products to each of 16 columns'
// accumulators, wrapping.
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
  const __m512i windows = _mm512_load_si512(kWindows.data());
  const std::uint8_t* left = task.left;
  const std::uint8_t* top = task.top;
  for (std::uint32_t b = 0; b < task.blocks; ++b) {
    __m512i sum = _mm512_loadu_si512(accumulators);
#pragma GCC unroll 5
    for (int q = 0; q < Quads; ++q) {
      const auto* bytes = reinterpret_cast<const __m128i*>(left + 4 * q - 15);
      const auto* first = reinterpret_cast<const __m128i*>(left + 4 * q - 3);
      __m512i window = _mm512_broadcast_i32x4(_mm_loadu_si128(bytes));
      window = _mm512_mask_broadcast_i32x4(window, 0x000f, _mm_loadu_si128(first));
      window = _mm512_shuffle_epi8(window, windows);
      __mmask64 mask = q == 0 ? head : kAllBytes;
      if (q == Quads - 1) mask &= tail;
      const __m512i line = q == 0 || q == Quads - 1 ? _mm512_maskz_loadu_epi8(mask, top + 64 * q)
                                                    : _mm512_load_si512(top + 64 * q);
      dot<LeftSigned>(sum, window, line);
    }
    _mm512_storeu_si512(accumulators, sum);
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

/// Vectors from `v` on, Blocks blocks from `block` on.
template <bool LeftSigned, int Vectors, int Blocks>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] void run_tile(const GemmTask& task,
                                                                      std::uint32_t v,
                                                                      std::uint32_t block) {
  const std::ptrdiff_t panel = std::ptrdiff_t{64} * task.quads;
  const std::int32_t* column_initial = task.column_initial + std::ptrdiff_t{block} * kBlockColumns;
  const std::uint8_t* left = task.left + v * task.left_stride;
  const std::uint8_t* top = task.top + block * panel;
  const std::uint8_t* const end = top + panel;
  const std::ptrdiff_t stride = task.left_stride;
  __m512i sum[Vectors][Blocks];
#pragma GCC unroll 8
  for (int p = 0; p < Vectors; ++p) {
    const __m512i start = _mm512_set1_epi32(task.vector_initial[v + static_cast<std::uint32_t>(p)]);
#pragma GCC unroll 4
    for (int n = 0; n < Blocks; ++n) {
      sum[p][n] = _mm512_add_epi32(_mm512_loadu_si512(column_initial + n * 16), start);
    }
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
void run_blocks(const GemmTask& task, std::uint32_t block) {
  std::uint32_t v = 0;
  if constexpr (Blocks <= 2) {
    for (; v + 8 <= task.vectors; v += 8) run_tile<LeftSigned, 8, Blocks>(task, v, block);
    for (; v + 4 <= task.vectors; v += 4) run_tile<LeftSigned, 4, Blocks>(task, v, block);
  }
  for (; v < task.vectors; ++v) run_tile<LeftSigned, 1, Blocks>(task, v, block);
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

[[gnu::target("avx512f,avx512vnni")]] void column_sums(const std::uint8_t* top, std::size_t quads,
                                                       std::int32_t* sums) {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i even = _mm512_setzero_si512();
  __m512i odd = _mm512_setzero_si512();
  for (; quads >= 2; quads -= 2, top += 128) {
    dot_bytes(even, ones, _mm512_load_si512(top));
    dot_bytes(odd, ones, _mm512_load_si512(top + 64));
  }
  if (quads != 0) dot_bytes(even, ones, _mm512_load_si512(top));
  _mm512_storeu_si512(sums, _mm512_add_epi32(even, odd));
}

[[gnu::target("avx512f,avx512bw,avx512vnni")]] std::int32_t sum(const std::uint8_t* bytes,
                                                                std::size_t count) {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i sums = _mm512_setzero_si512();
  for (std::size_t i = 0; i < count; i += 64) {
    const std::size_t rest = count - i;
    const __mmask64 mask = rest >= 64 ? kAllBytes : (std::uint64_t{1} << rest) - 1;
    dot_bytes(sums, ones, _mm512_maskz_loadu_epi8(mask, bytes + i));
  }
  return _mm512_reduce_add_epi32(sums);
}

}  // namespace

const ArrayKernels kAvx512ArrayKernels = {
    {step<false>, gemm<false>}, {step<true>, gemm<true>}, column_sums, sum, interleave_sse2};

}  // namespace brownout::accel

#endif  // __x86_64__
