// SPDX-License-Identifier: Apache-2.0
#include "accel/row_step.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace brownout::accel {
namespace {

void step_columns(const RowStep& step, std::uint32_t first, std::int32_t* accumulators) {
  const std::int16_t* ifmap = step.ifmap;
  const std::int16_t* filter = step.filter;
  for (std::uint32_t j = 0; j < step.cycles; ++j, --ifmap, filter += step.stride) {
    for (std::uint32_t c = first; c < step.columns; ++c) {
      accumulators[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(accumulators[c]) +
                                                  static_cast<std::uint32_t>(ifmap[c] * filter[c]));
    }
  }
}

void step_portable(const RowStep& step, std::int32_t* accumulators) {
  step_columns(step, 0, accumulators);
}

#if defined(__x86_64__)

constexpr std::uint32_t kAvx512Columns = 32;
constexpr std::uint32_t kAvx2Columns = 16;

/// Two cycles at once: their operands interleaved, products summed in pairs to 32 bits, so the
/// accumulators of columns 0-3 and 4-7 of each 128-bit lane sit in separate registers.
__attribute__((target("avx512f,avx512bw"))) void step_avx512_block(const RowStep& step,
                                                                   std::uint32_t column,
                                                                   std::int32_t* accumulators) {
  const std::int16_t* ifmap = step.ifmap + column;
  const std::int16_t* filter = step.filter + column;
  const __m512i low = _mm512_loadu_si512(accumulators + column);
  const __m512i high = _mm512_loadu_si512(accumulators + column + 16);
  __m512i even = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13), high);
  __m512i odd = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15), high);
  const __m512i zero = _mm512_setzero_si512();
  for (std::uint32_t j = 0; j < step.cycles; j += 2) {
    const bool pair = j + 1 < step.cycles;
    const __m512i a0 = _mm512_loadu_si512(ifmap);
    const __m512i b0 = _mm512_loadu_si512(filter);
    const __m512i a1 = pair ? _mm512_loadu_si512(ifmap - 1) : zero;
    const __m512i b1 = pair ? _mm512_loadu_si512(filter + step.stride) : zero;
    even = _mm512_add_epi32(
        even, _mm512_madd_epi16(_mm512_unpacklo_epi16(a0, a1), _mm512_unpacklo_epi16(b0, b1)));
    odd = _mm512_add_epi32(
        odd, _mm512_madd_epi16(_mm512_unpackhi_epi16(a0, a1), _mm512_unpackhi_epi16(b0, b1)));
    ifmap -= 2;
    filter += 2 * step.stride;
  }
  _mm512_storeu_si512(
      accumulators + column,
      _mm512_permutex2var_epi64(even, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), odd));
  _mm512_storeu_si512(
      accumulators + column + 16,
      _mm512_permutex2var_epi64(even, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), odd));
}

__attribute__((target("avx512f,avx512bw"))) void step_avx512(const RowStep& step,
                                                             std::int32_t* accumulators) {
  std::uint32_t column = 0;
  for (; column + kAvx512Columns <= step.columns; column += kAvx512Columns) {
    step_avx512_block(step, column, accumulators);
  }
  if (column < step.columns) step_columns(step, column, accumulators);
}

__attribute__((target("avx2"))) void step_avx2(const RowStep& step, std::int32_t* accumulators) {
  std::uint32_t column = 0;
  for (; column + kAvx2Columns <= step.columns; column += kAvx2Columns) {
    const std::int16_t* ifmap = step.ifmap + column;
    const std::int16_t* filter = step.filter + column;
    auto* target = reinterpret_cast<__m256i*>(accumulators + column);
    __m256i low = _mm256_loadu_si256(target);
    __m256i high = _mm256_loadu_si256(target + 1);
    for (std::uint32_t j = 0; j < step.cycles; ++j, --ifmap, filter += step.stride) {
      const __m256i product =
          _mm256_mullo_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(ifmap)),
                             _mm256_loadu_si256(reinterpret_cast<const __m256i*>(filter)));
      low = _mm256_add_epi32(low, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(product)));
      high = _mm256_add_epi32(high, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(product, 1)));
    }
    _mm256_storeu_si256(target, low);
    _mm256_storeu_si256(target + 1, high);
  }
  if (column < step.columns) step_columns(step, column, accumulators);
}

#endif

}  // namespace

RowStepFunction row_step(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kAvx512Vnni) return step_avx512;
  if (isa == Isa::kAvx2) return step_avx2;
#endif
  static_cast<void>(isa);
  return step_portable;
}

}  // namespace brownout::accel
