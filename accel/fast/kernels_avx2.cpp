// SPDX-License-Identifier: Apache-2.0
// AVX2 kernels. Bytes are widened to 16 bits and multiplied by vpmaddwd, whose 32-bit pair sums are
// exact; vpmaddubsw would saturate in 16 bits.
#ifdef __x86_64__

#include <immintrin.h>

#include <cstring>

#include "accel/fast/channel_loops.h"
#include "accel/fast/kernels.h"

namespace brownout::accel::fast {
namespace {

template <class T>
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i load(const T* aligned) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(aligned));
}

/// Eight accumulators to codes in 32-bit lanes; narrow requantisation only.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i to_codes(__m256i sum,
                                                                    const RequantLanes& r,
                                                                    std::size_t half) {
  const __m256i multiplier = load(r.multiplier.data() + 8 * half);
  __m256i even = _mm256_mul_epi32(sum, multiplier);
  __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(sum, 32), _mm256_srli_epi64(multiplier, 32));
  even = _mm256_add_epi64(even, load(r.addend[0].data() + 4 * half));
  odd = _mm256_add_epi64(odd, load(r.addend[1].data() + 4 * half));
  const __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  return _mm256_srav_epi32(high, load(r.shift.data() + 8 * half));
}

[[gnu::target("avx2")]] void finish(const Accumulators& accumulators, const Requant& requant,
                                    const RequantLanes& lanes, std::uint8_t* output, int count) {
  if (!requant.narrow) return requantize_lanes(accumulators, requant, lanes, output, count);
  const auto* sums = reinterpret_cast<const __m256i*>(accumulators.data());
  // Packing saturates to 0..255 first, which the clamp's ends lie within.
  const __m256i words =
      _mm256_permute4x64_epi64(_mm256_packs_epi32(to_codes(_mm256_loadu_si256(sums), lanes, 0),
                                                  to_codes(_mm256_loadu_si256(sums + 1), lanes, 1)),
                               0xd8);
  __m128i codes =
      _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  codes = _mm_max_epu8(codes, _mm_set1_epi8(static_cast<char>(requant.lowest)));
  codes = _mm_min_epu8(codes, _mm_set1_epi8(static_cast<char>(requant.highest)));
  if (count >= kLanes) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(output), codes);
  } else {
    std::memcpy(output, &codes, static_cast<std::size_t>(count));
  }
}

/// Pixels output pixels from `pixel` on, 16 channels.
template <int Pixels>
[[gnu::target("avx2")]] void run_tile(const WindowTask& task, int pixel, int block) {
  __m256i sum[Pixels][2];
  std::ptrdiff_t window[Pixels];
  const auto* bias = reinterpret_cast<const __m256i*>(task.bias + std::ptrdiff_t{block} * kLanes);
#pragma GCC unroll 4
  for (int p = 0; p < Pixels; ++p) {
    window[p] = task.input_offsets[pixel + p];
    sum[p][0] = _mm256_loadu_si256(bias);
    sum[p][1] = _mm256_loadu_si256(bias + 1);
  }
  const __m256i low_bytes = _mm256_set1_epi16(0xff);
  const auto* w = reinterpret_cast<const __m256i*>(
      task.weights + std::ptrdiff_t{block} * task.segments * task.quads * 64);
  for (int s = 0; s < task.segments; ++s) {
    const std::uint8_t* x = task.input + task.segment_offsets[s];
    for (const std::uint8_t* const end = x + std::ptrdiff_t{4} * task.quads; x != end;
         x += 4, w += 2) {
      // Bytes 0 and 2 of each four make one operand, bytes 1 and 3 the other.
      const __m256i w0 = _mm256_load_si256(w);
      const __m256i w1 = _mm256_load_si256(w + 1);
      const __m256i even0 = _mm256_srai_epi16(_mm256_slli_epi16(w0, 8), 8);
      const __m256i even1 = _mm256_srai_epi16(_mm256_slli_epi16(w1, 8), 8);
      const __m256i odd0 = _mm256_srai_epi16(w0, 8);
      const __m256i odd1 = _mm256_srai_epi16(w1, 8);
#pragma GCC unroll 4
      for (int p = 0; p < Pixels; ++p) {
        std::int32_t quad;
        std::memcpy(&quad, x + window[p], sizeof(quad));
        const __m256i codes = _mm256_set1_epi32(quad);
        const __m256i even = _mm256_and_si256(codes, low_bytes);
        const __m256i odd = _mm256_srli_epi16(codes, 8);
        sum[p][0] = _mm256_add_epi32(sum[p][0], _mm256_add_epi32(_mm256_madd_epi16(even, even0),
                                                                 _mm256_madd_epi16(odd, odd0)));
        sum[p][1] = _mm256_add_epi32(sum[p][1], _mm256_add_epi32(_mm256_madd_epi16(even, even1),
                                                                 _mm256_madd_epi16(odd, odd1)));
      }
    }
  }
#pragma GCC unroll 4
  for (int p = 0; p < Pixels; ++p) {
    Accumulators accumulators;
    auto* out = reinterpret_cast<__m256i*>(accumulators.data());
    _mm256_storeu_si256(out, sum[p][0]);
    _mm256_storeu_si256(out + 1, sum[p][1]);
    store_lanes<finish>(task, pixel + p, block, accumulators);
  }
}

void conv(const WindowTask& task) {
  for (int block = 0; block * kLanes < task.channels; ++block) {
    // The tables of pixels are padded to whole tiles.
    for (int pixel = 0; pixel < task.pixels; pixel += 4) {
      (pixel + 1 == task.pixels ? run_tile<1> : run_tile<4>)(task, pixel, block);
    }
  }
}

[[gnu::target("avx2")]] void depthwise(const WindowTask& task) { depthwise_loop<finish>(task); }

[[gnu::target("avx2")]] void add(const AddPlan& plan, const AddTask& task) { add_loop(plan, task); }

}  // namespace

const Kernels kAvx2Kernels = {conv, depthwise, add};

}  // namespace brownout::accel::fast

#endif  // __x86_64__
