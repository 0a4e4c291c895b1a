// SPDX-License-Identifier: Apache-2.0
// AVX-512 VNNI kernels. A tile of up to 8 pixels x 32 channels stays in registers over the whole
// window: vpdpbusd adds four unsigned-signed products to each 32-bit lane, wrapping.
#ifdef __x86_64__

#include <immintrin.h>

#include <cstring>

#include "accel/fast/channel_loops.h"
#include "accel/fast/kernels.h"

namespace brownout::accel::fast {
namespace {

/// sum += four products a lane. Assembly instead of _mm512_dpbusd_epi32, around which g++ 12 copies
/// and spills the accumulators: that halves the speed.
[[gnu::target("avx512f,avx512vnni"), gnu::always_inline]] inline void dot(__m512i& sum,
                                                                          __m512i codes,
                                                                          __m512i weights) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(codes), "v"(weights));
}

/// Constants of one block's requantisation, in registers.
struct Lanes {
  __m512i even_multiplier, odd_multiplier, even_addend, odd_addend, shift;
};

[[gnu::target("avx512f"), gnu::always_inline]] inline Lanes load_lanes(const RequantLanes& r) {
  Lanes lanes;
  lanes.even_multiplier = _mm512_load_si512(r.multiplier.data());
  lanes.odd_multiplier = _mm512_srli_epi64(lanes.even_multiplier, 32);
  lanes.even_addend = _mm512_load_si512(r.addend[0].data());
  lanes.odd_addend = _mm512_load_si512(r.addend[1].data());
  lanes.shift = _mm512_load_si512(r.shift.data());
  return lanes;
}

/// What becomes of the accumulators.
enum class Output { kRaw, kNarrow, kWide };

/// 16 accumulators to 16 codes. Lane pairs go through 64 bits as even and odd halves.
template <Output Target>
[[gnu::target("avx512f"), gnu::always_inline]] inline __m128i to_codes(__m512i accumulators,
                                                                       const Lanes& r,
                                                                       const Requant& q) {
  constexpr __mmask16 kEven = 0x5555;
  __m512i even = _mm512_add_epi64(_mm512_mul_epi32(accumulators, r.even_multiplier), r.even_addend);
  __m512i odd = _mm512_add_epi64(
      _mm512_mul_epi32(_mm512_srli_epi64(accumulators, 32), r.odd_multiplier), r.odd_addend);
  __m512i code;
  if constexpr (Target == Output::kNarrow) {
    // The high halves of both, side by side.
    code = _mm512_mask_shuffle_epi32(odd, kEven, even, _MM_PERM_DDBB);
    code = _mm512_srav_epi32(code, r.shift);
  } else {
    const __m512i low = _mm512_set1_epi64(q.lowest - q.offset);
    const __m512i high = _mm512_set1_epi64(q.highest - q.offset);
    even = _mm512_srav_epi64(even, _mm512_and_si512(r.shift, _mm512_set1_epi64(0xff)));
    odd = _mm512_srav_epi64(odd, _mm512_srli_epi64(r.shift, 32));
    even = _mm512_min_epi64(_mm512_max_epi64(even, low), high);
    odd = _mm512_min_epi64(_mm512_max_epi64(odd, low), high);
    code = _mm512_mask_blend_epi32(kEven, _mm512_slli_epi64(odd, 32), even);
    code = _mm512_add_epi32(code, _mm512_set1_epi32(q.offset));
  }
  code = _mm512_max_epi32(code, _mm512_set1_epi32(q.lowest));
  return _mm512_cvtepi32_epi8(_mm512_min_epi32(code, _mm512_set1_epi32(q.highest)));
}

/// The lanes of a block's channels that exist.
__mmask16 lane_mask(int channels) {
  return static_cast<__mmask16>(channels >= kLanes ? 0xffffU
                                                   : (1U << static_cast<unsigned>(channels)) - 1U);
}

[[gnu::target("avx512f,avx512bw,avx512vl"), gnu::always_inline]] inline void store_codes(
    std::uint8_t* output, __m128i codes, __mmask16 mask) {
  if (mask == 0xffff) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(output), codes);
  } else {
    _mm_mask_storeu_epi8(output, mask, codes);
  }
}

[[gnu::target("avx512f,avx512bw,avx512vl")]] void finish(const Accumulators& accumulators,
                                                         const Requant& requant,
                                                         const RequantLanes& lanes,
                                                         std::uint8_t* output, int count) {
  const __m512i values = _mm512_loadu_si512(accumulators.data());
  const Lanes r = load_lanes(lanes);
  store_codes(output,
              requant.narrow ? to_codes<Output::kNarrow>(values, r, requant)
                             : to_codes<Output::kWide>(values, r, requant),
              lane_mask(count));
}

/// A tile's accumulators to codes (or as they are) for channels from `block` on.
template <Output Target, int Pixels, int Blocks>
[[gnu::target("avx512f,avx512bw,avx512vl"), gnu::always_inline]] inline void store_tile(
    const WindowTask& task, int pixel, int block, const __m512i (&sum)[Pixels][Blocks]) {
  const std::int32_t* const offsets = task.output_offsets + pixel;
#pragma GCC unroll 4
  for (int n = 0; n < Blocks; ++n) {
    const int channel = (block + n) * kLanes;
    const __mmask16 mask = lane_mask(task.channels - channel);
    if constexpr (Target == Output::kRaw) {
#pragma GCC unroll 8
      for (int p = 0; p < Pixels; ++p) {
        _mm512_mask_storeu_epi32(task.raw + offsets[p] + channel, mask, sum[p][n]);
      }
    } else {
      const Requant& requant = *task.requant;
      const Lanes lanes =
          load_lanes(requant.blocks[task.first_block + static_cast<std::size_t>(block + n)]);
#pragma GCC unroll 8
      for (int p = 0; p < Pixels; ++p) {
        store_codes(task.output + offsets[p] + channel, to_codes<Target>(sum[p][n], lanes, requant),
                    mask);
      }
    }
  }
}

/// `tiles` times Pixels output pixels from `pixel` on, Blocks x 16 channels from `block` on.
template <Output Target, int Pixels, int Blocks>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] void run_tiles(const WindowTask& shared,
                                                                       int pixel, int tiles,
                                                                       int block) {
  const WindowTask task = shared;  // a copy: the output's bytes cannot alias it
  const std::ptrdiff_t panel = std::ptrdiff_t{task.segments} * task.quads * 64;
  for (const int end = pixel + tiles * Pixels; pixel != end; pixel += Pixels) {
    __m512i sum[Pixels][Blocks];
    std::ptrdiff_t window[Pixels];
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p) {
      window[p] = task.input_offsets[pixel + p];
#pragma GCC unroll 4
      for (int n = 0; n < Blocks; ++n) {
        sum[p][n] = _mm512_loadu_si512(task.bias + std::ptrdiff_t{block + n} * kLanes);
      }
    }
    const std::int8_t* w = task.weights + block * panel;
    for (int s = 0; s < task.segments; ++s) {
      const std::uint8_t* x = task.input + task.segment_offsets[s];
      for (const std::uint8_t* const stop = x + std::ptrdiff_t{4} * task.quads; x != stop;
           x += 4, w += 64) {
        __m512i weights[Blocks];
#pragma GCC unroll 4
        for (int n = 0; n < Blocks; ++n) weights[n] = _mm512_load_si512(w + n * panel);
#pragma GCC unroll 8
        for (int p = 0; p < Pixels; ++p) {
          std::int32_t quad;
          std::memcpy(&quad, x + window[p], sizeof(quad));
          const __m512i codes = _mm512_set1_epi32(quad);
#pragma GCC unroll 4
          for (int n = 0; n < Blocks; ++n) dot(sum[p][n], codes, weights[n]);
        }
      }
    }
    store_tile<Target>(task, pixel, block, sum);
  }
}

/// All pixels of Blocks blocks of channels. The tables of pixels are padded to whole tiles.
template <Output Target, int Blocks>
void all_pixels(const WindowTask& task, int block) {
  const int tiles = task.pixels / kTilePixels;
  const int rest = task.pixels % kTilePixels;
  run_tiles<Target, kTilePixels, Blocks>(task, 0, tiles + (rest > 4 ? 1 : 0), block);
  if (rest > 1 && rest <= 4) run_tiles<Target, 4, Blocks>(task, kTilePixels * tiles, 1, block);
  if (rest == 1) run_tiles<Target, 1, Blocks>(task, kTilePixels * tiles, 1, block);
}

template <Output Target>
void all_channels(const WindowTask& task) {
  const int blocks = (task.channels + kLanes - 1) / kLanes;
  int block = 0;
  // A linear layer has one pixel: more channels at a time hide the products' latency.
  for (; task.pixels == 1 && block + 4 <= blocks; block += 4) {
    run_tiles<Target, 1, 4>(task, 0, 1, block);
  }
  for (; block + 2 <= blocks; block += 2) all_pixels<Target, 2>(task, block);
  if (block < blocks) all_pixels<Target, 1>(task, block);
}

void conv(const WindowTask& task) {
  if (task.requant == nullptr) return all_channels<Output::kRaw>(task);
  if (task.requant->narrow) return all_channels<Output::kNarrow>(task);
  all_channels<Output::kWide>(task);
}

[[gnu::target("avx512f,avx512bw,avx512vl")]] void depthwise(const WindowTask& task) {
  depthwise_loop<finish>(task);
}

[[gnu::target("avx512f,avx512bw,avx512vl")]] void add(const AddPlan& plan, const AddTask& task) {
  add_loop(plan, task);
}

}  // namespace

const Kernels kAvx512Kernels = {conv, depthwise, add};

}  // namespace brownout::accel::fast

#endif  // __x86_64__
