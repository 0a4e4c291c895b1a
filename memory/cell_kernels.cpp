// SPDX-License-Identifier: Apache-2.0
#include "memory/cell_kernels.h"

#include <cstddef>

#include "sim/core/philox.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace brownout::memory {
namespace {

bool draw_portable(const Stretch& stretch, const StretchValues& last, StretchValues& ranks) {
  bool any = false;
  for (std::uint32_t i = 0; i < kCountersPerStretch; ++i) {
    const auto draw =
        philox(stretch.key, {stretch.group, stretch.macro, stretch.row(i), stretch.quad(i)});
    for (std::uint32_t j = 0; j < kCellsPerCounter; ++j) {
      const std::size_t at = j * kCountersPerStretch + i;
      ranks[at] = draw[j];
      any = any || draw[j] <= last[at];
    }
  }
  return any;
}

#ifdef __x86_64__

// Multipliers and key increments of Philox4x32 (Salmon et al., SC'11).
constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

constexpr int as_int(std::uint32_t value) { return static_cast<int>(value); }

/// Halves of 16 products.
struct Products512 {
  __m512i high, low;
};

[[gnu::target("avx512f"), gnu::always_inline]] inline Products512 multiply(__m512i a, __m512i b) {
  constexpr __mmask16 kOdd = 0xAAAA;
  const __m512i even = _mm512_mul_epu32(a, b);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), b);
  return {_mm512_mask_mov_epi32(_mm512_srli_epi64(even, 32), kOdd, odd),
          _mm512_mask_mov_epi32(even, kOdd, _mm512_slli_epi64(odd, 32))};
}

[[gnu::target("avx512f")]] bool draw_avx512(const Stretch& stretch, const StretchValues& last,
                                            StretchValues& ranks) {
  const __m512i index =
      _mm512_add_epi32(_mm512_set1_epi32(as_int(stretch.first)),
                       _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  __m512i x0 = _mm512_set1_epi32(as_int(stretch.group));
  __m512i x1 = _mm512_set1_epi32(as_int(stretch.macro));
  __m512i x2 = _mm512_srl_epi32(index, _mm_cvtsi32_si128(as_int(stretch.quad_bits)));
  __m512i x3 = _mm512_and_si512(index, _mm512_set1_epi32(as_int((1U << stretch.quad_bits) - 1)));
  x3 = _mm512_add_epi32(x3, _mm512_set1_epi32(as_int(stretch.first_quad)));
  const __m512i m0 = _mm512_set1_epi32(as_int(kMultiplier0));
  const __m512i m1 = _mm512_set1_epi32(as_int(kMultiplier1));
  auto k0 = static_cast<std::uint32_t>(stretch.key);
  auto k1 = static_cast<std::uint32_t>(stretch.key >> 32U);
  for (int round = 0; round < kRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
    const Products512 a = multiply(x0, m0);
    const Products512 b = multiply(x2, m1);
    x0 = _mm512_xor_si512(_mm512_xor_si512(b.high, x1), _mm512_set1_epi32(as_int(k0)));
    x2 = _mm512_xor_si512(_mm512_xor_si512(a.high, x3), _mm512_set1_epi32(as_int(k1)));
    x1 = b.low;
    x3 = a.low;
  }
  const __m512i x[] = {x0, x1, x2, x3};
  int any = 0;
  for (std::size_t j = 0; j < kCellsPerCounter; ++j) {
    const std::size_t at = j * kCountersPerStretch;
    _mm512_storeu_si512(&ranks[at], x[j]);
    any |= _mm512_cmple_epu32_mask(x[j], _mm512_loadu_si512(&last[at]));
  }
  return any != 0;
}

/// Halves of eight products.
struct Products256 {
  __m256i high, low;
};

[[gnu::target("avx2"), gnu::always_inline]] inline Products256 multiply(__m256i a, __m256i b) {
  constexpr int kOdd = 0xAA;
  const __m256i even = _mm256_mul_epu32(a, b);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), b);
  return {_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, kOdd),
          _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), kOdd)};
}

[[gnu::target("avx2")]] bool draw_avx2(const Stretch& stretch, const StretchValues& last,
                                       StretchValues& ranks) {
  int any = 0;
  for (std::uint32_t half = 0; half < kCountersPerStretch; half += 8) {
    const __m256i index = _mm256_add_epi32(_mm256_set1_epi32(as_int(stretch.first + half)),
                                           _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    __m256i x0 = _mm256_set1_epi32(as_int(stretch.group));
    __m256i x1 = _mm256_set1_epi32(as_int(stretch.macro));
    __m256i x2 = _mm256_srl_epi32(index, _mm_cvtsi32_si128(as_int(stretch.quad_bits)));
    __m256i x3 = _mm256_and_si256(index, _mm256_set1_epi32(as_int((1U << stretch.quad_bits) - 1)));
    x3 = _mm256_add_epi32(x3, _mm256_set1_epi32(as_int(stretch.first_quad)));
    const __m256i m0 = _mm256_set1_epi32(as_int(kMultiplier0));
    const __m256i m1 = _mm256_set1_epi32(as_int(kMultiplier1));
    auto k0 = static_cast<std::uint32_t>(stretch.key);
    auto k1 = static_cast<std::uint32_t>(stretch.key >> 32U);
    for (int round = 0; round < kRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
      const Products256 a = multiply(x0, m0);
      const Products256 b = multiply(x2, m1);
      x0 = _mm256_xor_si256(_mm256_xor_si256(b.high, x1), _mm256_set1_epi32(as_int(k0)));
      x2 = _mm256_xor_si256(_mm256_xor_si256(a.high, x3), _mm256_set1_epi32(as_int(k1)));
      x1 = b.low;
      x3 = a.low;
    }
    const __m256i x[] = {x0, x1, x2, x3};
    for (std::size_t j = 0; j < kCellsPerCounter; ++j) {
      const std::size_t at = j * kCountersPerStretch + half;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(&ranks[at]), x[j]);
      const __m256i bound = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&last[at]));
      any |= _mm256_movemask_epi8(_mm256_cmpeq_epi32(_mm256_min_epu32(x[j], bound), x[j]));
    }
  }
  return any != 0;
}

#endif

std::array<NamedCellKernel, 3> make_kernels() {
#ifdef __x86_64__
  return {{{"portable", draw_portable, true},
           {"avx2", draw_avx2, __builtin_cpu_supports("avx2") != 0},
           {"avx512", draw_avx512, __builtin_cpu_supports("avx512f") != 0}}};
#else
  return {{{"portable", draw_portable, true},
           {"avx2", draw_portable, false},
           {"avx512", draw_portable, false}}};
#endif
}

}  // namespace

const std::array<NamedCellKernel, 3>& cell_kernels() {
  static const std::array<NamedCellKernel, 3> kKernels = make_kernels();
  return kKernels;
}

CellKernel best_cell_kernel() {
  CellKernel best = draw_portable;
  for (const NamedCellKernel& kernel : cell_kernels()) {
    if (kernel.supported) best = kernel.draw;
  }
  return best;
}

}  // namespace brownout::memory
