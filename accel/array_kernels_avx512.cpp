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

/// Bytes `from` to `to` of every quad.
constexpr __mmask64 quad_bytes(std::uint32_t from, std::uint32_t to) {
  return ((0xfU << from) & 0xfU & ((1U << to) - 1U)) * std::uint64_t{0x1111111111111111};
}
constexpr std::array<__mmask64, kQuad> kFrom = {quad_bytes(0, 4), quad_bytes(1, 4),
                                                quad_bytes(2, 4), quad_bytes(3, 4)};
constexpr std::array<__mmask64, kQuad> kUpTo = {quad_bytes(0, 1), quad_bytes(0, 2),
                                                quad_bytes(0, 3), quad_bytes(0, 4)};

/// Of 32 bytes that start 15 before a quad's first line, the 16 from which four columns take their
/// windows of this and the next two quads, by 32 bits; the first columns take the last.
alignas(64) constexpr std::array<std::uint32_t, 16> kColumnBytes = {3, 4, 5, 6, 2, 3, 4, 5,
                                                                    1, 2, 3, 4, 0, 1, 2, 3};
constexpr int kQuadsPerLoad = 3;

using Windows = std::array<std::uint8_t, 64>;

/// Where the columns' windows of these three quads are among their 16 bytes.
alignas(64) constexpr std::array<Windows, kQuadsPerLoad> kWindows = [] {
  std::array<Windows, kQuadsPerLoad> windows{};
  for (std::size_t i = 0; i < kQuadsPerLoad * sizeof(Windows); ++i) {
    const std::size_t column = i % 16 / kQuad;
    windows[i / 64][i % 64] = static_cast<std::uint8_t>(3 - column + i % kQuad + i / 64 * kQuad);
  }
  return windows;
}();

/// The constants above in registers.
struct Shuffles {
  __m512i column_bytes;
  __m512i windows[kQuadsPerLoad];
};

template <bool LeftSigned, int Quads>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni"), gnu::always_inline]] inline void step_row(
    const SkewedRow& row, const SkewedStep& task, const Shuffles& shuffles) {
  const __mmask64 head = kFrom[row.phase];
  const __mmask64 tail = kUpTo[row.phase + task.cycles - kQuad * (Quads - 1) - 1];
  const std::uint8_t* left = row.left;
  const std::uint8_t* top = row.top;
  std::int32_t* sums = row.sums;
  for (std::int32_t* const end = sums + std::size_t{row.blocks} * kBlockColumns; sums != end;) {
    __m512i sum = _mm512_loadu_si512(sums);
    __m512i bytes = _mm512_setzero_si512();
#pragma GCC unroll 5
    for (int q = 0; q < Quads; ++q) {
      if (q % kQuadsPerLoad == 0) {
        const auto* loaded = reinterpret_cast<const __m256i*>(left + std::ptrdiff_t{4} * q - 15);
        bytes = _mm512_permutexvar_epi32(shuffles.column_bytes,
                                         _mm512_castsi256_si512(_mm256_loadu_si256(loaded)));
      }
      const __m512i window = _mm512_shuffle_epi8(bytes, shuffles.windows[q % kQuadsPerLoad]);
      __mmask64 mask = q == 0 ? head : kAllBytes;
      if (q == Quads - 1) mask &= tail;
      const __m512i line = q == 0 || q == Quads - 1
                               ? _mm512_maskz_loadu_epi8(mask, top + std::ptrdiff_t{64} * q)
                               : _mm512_load_si512(top + std::ptrdiff_t{64} * q);
      dot<LeftSigned>(sum, window, line);
    }
    _mm512_storeu_si512(sums, sum);
    sums += kBlockColumns;
    left -= kBlockColumns;
    top += task.top_stride;
  }
}

template <bool LeftSigned>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] void step(const SkewedStep& shared) {
  const SkewedStep task = shared;  // a copy: the sums cannot alias it
  Shuffles shuffles;
  shuffles.column_bytes = _mm512_load_si512(kColumnBytes.data());
  for (int i = 0; i < kQuadsPerLoad; ++i) {
    shuffles.windows[i] = _mm512_load_si512(kWindows[static_cast<std::size_t>(i)].data());
  }
  for (const SkewedRow* row = task.rows; row != task.rows + task.count; ++row) {
    switch ((row->phase + task.cycles + kQuad - 1) / kQuad) {
      case 1:
        step_row<LeftSigned, 1>(*row, task, shuffles);
        break;
      case 2:
        step_row<LeftSigned, 2>(*row, task, shuffles);
        break;
      case 3:
        step_row<LeftSigned, 3>(*row, task, shuffles);
        break;
      case 4:
        step_row<LeftSigned, 4>(*row, task, shuffles);
        break;
      default:
        step_row<LeftSigned, 5>(*row, task, shuffles);
    }
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
      sum[p][n] = _mm512_add_epi32(
          _mm512_loadu_si512(column_initial + std::ptrdiff_t{n} * kBlockColumns), start);
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
    for (int n = 0; n < Blocks; ++n)
      _mm512_storeu_si512(out + std::ptrdiff_t{n} * kBlockColumns, sum[p][n]);
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
