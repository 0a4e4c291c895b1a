// SPDX-License-Identifier: Apache-2.0
// AVX2 array kernels. Bytes are widened to 16 bits and multiplied by vpmaddwd, whose 32-bit pair
// sums are exact; vpmaddubsw would saturate in 16 bits.
#ifdef __x86_64__

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "accel/array_kernels.h"

namespace brownout::accel {
namespace {

/// Four operands of each of eight columns: bytes 0 and 2 as 16-bit numbers, bytes 1 and 3 likewise.
struct Pairs {
  __m256i even, odd;
};

template <bool Signed>
[[gnu::target("avx2"), gnu::always_inline]] inline Pairs operands_of(__m256i bytes) {
  if constexpr (Signed) {
    return {_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8), _mm256_srai_epi16(bytes, 8)};
  } else {
    return {_mm256_and_si256(bytes, _mm256_set1_epi16(0xff)), _mm256_srli_epi16(bytes, 8)};
  }
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i multiply_add(__m256i sum, const Pairs& a,
                                                                        const Pairs& b) {
  return _mm256_add_epi32(
      sum, _mm256_add_epi32(_mm256_madd_epi16(a.even, b.even), _mm256_madd_epi16(a.odd, b.odd)));
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i load(const void* bytes) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(bytes));
}

/// Where column i's window is among 16 bytes that start 7 before column 0's.
alignas(32) constexpr std::array<std::uint8_t, 32> kWindows = [] {
  std::array<std::uint8_t, 32> windows{};
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t n = 0; n < kQuad; ++n) {
      windows[i * kQuad + n] = static_cast<std::uint8_t>(7 - i + n);
    }
  }
  return windows;
}();

/// All ones in the bytes of quad `q` that belong to the step.
std::int32_t quad_mask(const SkewedRow& row, std::uint32_t cycles, std::uint32_t q) {
  const std::uint32_t from = q == 0 ? row.phase : 0;
  const std::uint32_t to = std::min(kQuad, row.phase + cycles - q * kQuad);
  const std::uint64_t below_to = (std::uint64_t{1} << (8 * to)) - 1;
  return static_cast<std::int32_t>(below_to & ~((std::uint64_t{1} << (8 * from)) - 1));
}

template <bool LeftSigned>
[[gnu::target("avx2")]] void step_row(const SkewedRow& row, const SkewedStep& task) {
  const std::uint32_t quads = (row.phase + task.cycles + kQuad - 1) / kQuad;
  const __m256i windows = load(kWindows.data());
  const std::uint8_t* left = row.left;
  const std::uint8_t* top = row.top;
  std::int32_t* accumulators = row.sums;
  for (std::uint32_t half = 0; half < 2 * row.blocks; ++half) {
    __m256i sum = load(accumulators);
    for (std::uint32_t q = 0; q < quads; ++q) {
      const auto* bytes = reinterpret_cast<const __m128i*>(left + std::ptrdiff_t{4} * q - 7);
      const __m256i window =
          _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128(bytes)), windows);
      const __m256i line = _mm256_and_si256(load(top + std::size_t{64} * q),
                                            _mm256_set1_epi32(quad_mask(row, task.cycles, q)));
      sum = multiply_add(sum, operands_of<LeftSigned>(window), operands_of<!LeftSigned>(line));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(accumulators), sum);
    accumulators += 8;
    left -= 8;
    top += half % 2 == 0 ? 32 : task.top_stride - 32;
  }
}

template <bool LeftSigned>
void step(const SkewedStep& task) {
  for (std::size_t i = 0; i < task.count; ++i) step_row<LeftSigned>(task.rows[i], task);
}

/// Vectors from `v` on, eight columns from `column` on.
template <bool LeftSigned, int Vectors>
[[gnu::target("avx2")]] void run_tile(const GemmTask& task, std::uint32_t v, std::uint32_t column) {
  const std::ptrdiff_t panel = std::ptrdiff_t{64} * task.quads;
  const std::uint8_t* left = task.left + v * task.left_stride;
  const std::uint8_t* top =
      task.top + column / kBlockColumns * panel + column % kBlockColumns * std::ptrdiff_t{kQuad};
  __m256i sum[Vectors];
#pragma GCC unroll 4
  for (int p = 0; p < Vectors; ++p) {
    const __m256i more = _mm256_set1_epi32(task.vector_initial[v + static_cast<std::uint32_t>(p)]);
    sum[p] = _mm256_add_epi32(load(task.column_initial + column), more);
  }
  for (const std::uint8_t* const end = top + panel; top != end; top += 64, left += kQuad) {
    const Pairs line = operands_of<!LeftSigned>(load(top));
#pragma GCC unroll 4
    for (int p = 0; p < Vectors; ++p) {
      std::int32_t quad;
      std::memcpy(&quad, left + p * task.left_stride, sizeof(quad));
      sum[p] = multiply_add(sum[p], operands_of<LeftSigned>(_mm256_set1_epi32(quad)), line);
    }
  }
#pragma GCC unroll 4
  for (int p = 0; p < Vectors; ++p) {
    auto* out = reinterpret_cast<__m256i*>(task.out + (v + p) * task.out_stride + column);
    _mm256_storeu_si256(out, sum[p]);
  }
}

template <bool LeftSigned>
void gemm(const GemmTask& task) {
  for (std::uint32_t column = 0; column < task.blocks * kBlockColumns; column += 8) {
    std::uint32_t v = 0;
    for (; v + 4 <= task.vectors; v += 4) run_tile<LeftSigned, 4>(task, v, column);
    for (; v < task.vectors; ++v) run_tile<LeftSigned, 1>(task, v, column);
  }
}

[[gnu::target("avx2")]] void column_sums(const std::uint8_t* top, std::size_t quads,
                                         std::int32_t* sums) {
  const Pairs ones = {_mm256_set1_epi16(1), _mm256_set1_epi16(1)};
  __m256i low = _mm256_setzero_si256();
  __m256i high = _mm256_setzero_si256();
  for (std::size_t q = 0; q < quads; ++q, top += 64) {
    low = multiply_add(low, operands_of<true>(load(top)), ones);
    high = multiply_add(high, operands_of<true>(load(top + 32)), ones);
  }
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums), low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + 8), high);
}

[[gnu::target("avx2")]] std::int32_t sum(const std::uint8_t* bytes, std::size_t count) {
  std::int32_t total = 0;
  for (std::size_t i = 0; i < count; ++i) total += static_cast<std::int8_t>(bytes[i]);
  return total;
}

}  // namespace

void interleave_sse2(const InterleaveTask& task) {
  const std::uint8_t* rows = task.rows;
  std::uint8_t* quad = task.quad;
  const auto row = [&](std::size_t n) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows + n * task.row_stride));
  };
  for (std::uint32_t b = 0; b < task.blocks; ++b, rows += kBlockColumns, quad += task.panel) {
    const __m128i low01 = _mm_unpacklo_epi8(row(0), row(1));
    const __m128i low23 = _mm_unpacklo_epi8(row(2), row(3));
    const __m128i high01 = _mm_unpackhi_epi8(row(0), row(1));
    const __m128i high23 = _mm_unpackhi_epi8(row(2), row(3));
    auto* out = reinterpret_cast<__m128i*>(quad);
    _mm_store_si128(out, _mm_unpacklo_epi16(low01, low23));
    _mm_store_si128(out + 1, _mm_unpackhi_epi16(low01, low23));
    _mm_store_si128(out + 2, _mm_unpacklo_epi16(high01, high23));
    _mm_store_si128(out + 3, _mm_unpackhi_epi16(high01, high23));
  }
}

const ArrayKernels kAvx2ArrayKernels = {
    {step<false>, gemm<false>}, {step<true>, gemm<true>}, column_sums, sum, interleave_sse2};

}  // namespace brownout::accel

#endif  // __x86_64__
