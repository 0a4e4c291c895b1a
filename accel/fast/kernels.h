// SPDX-License-Identifier: Apache-2.0
// What the vector kernels compute and in which layouts (layer 3, internal to the fast engine). One
// table of three functions per instruction set; they share all layouts, so weights packed once
// serve any of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "accel/fast/isa.h"
#include "models/graph.h"

namespace brownout::accel::fast {

/// Output channels are handled in blocks of this many (one 512-bit register of accumulators).
constexpr int kLanes = 16;

/// The tables of output pixels are padded to a multiple of this.
constexpr int kTilePixels = 8;

/// Storage unit of weights and activations, so that vectors of it start at a cache line. As packed
/// weights: four consecutive inputs of each of 16 output channels, [lane][4].
struct alignas(64) Line {
  std::array<std::uint8_t, 64> bytes{};
};

/// Requantisation of 16 channels: code = clamp(((acc * multiplier + addend) >> shift) + offset).
/// Even and odd lanes' addends lie apart because 64-bit products come from 32-bit lanes that way.
struct alignas(64) RequantLanes {
  std::array<std::array<std::int64_t, kLanes / 2>, 2> addend{};  ///< [lane & 1][lane >> 1]
  std::array<std::int32_t, kLanes> multiplier{};
  std::array<std::int32_t, kLanes> shift{};  ///< less 32 if `narrow`
};

/// A node's requantisation, channels of each group padded to whole blocks.
struct Requant {
  std::vector<RequantLanes> blocks;
  /// All shifts lie in [32, 53]: the high halves of the products suffice, and the zero point is
  /// part of the addend.
  bool narrow = true;
  std::int32_t offset = 0;  ///< zero point unless `narrow`
  std::int32_t lowest = 0;
  std::int32_t highest = 255;
};

/// Requantiser of `groups` x `group_channels` channels in the kernels' layout.
[[nodiscard]] Requant make_requant(const models::Requantizer& requantizer, int groups,
                                   int group_channels);

/// A convolution (one group of it) or a channel-by-channel window sum.
struct WindowTask {
  const std::uint8_t* input = nullptr;
  int pixels = 0;
  /// First byte of each output pixel's window, relative to `input`; padded by the last one.
  const std::int32_t* input_offsets = nullptr;
  /// Start of each contiguous piece of a window, relative to the window's first byte.
  const std::int32_t* segment_offsets = nullptr;
  int segments = 0;
  int quads = 0;  ///< groups of four bytes in a segment; conv only
  /// conv: Line[block][segment][quad]; depthwise: int8 [segment][channels padded to 16].
  const std::int8_t* weights = nullptr;
  const std::int32_t* bias = nullptr;  ///< zero-point correction included; padded to 16
  int channels = 0;
  const Requant* requant = nullptr;              ///< null: accumulators go to `raw`
  std::size_t first_block = 0;                   ///< of `requant->blocks`
  const std::int32_t* output_offsets = nullptr;  ///< of each pixel, in elements; padded
  std::uint8_t* output = nullptr;
  std::int32_t* raw = nullptr;
};

/// Residual addition in 32-bit steps: with multipliers m = high * 2^16 + low,
/// sum = (a * high_a + b * high_b + high) * 2^16 + a * low_a + b * low_b + low.
struct AddPlan {
  models::Add add;
  int zero_point_a = 0;
  int zero_point_b = 0;
  bool exact_in_32_bits = false;  ///< otherwise the 64-bit definition is used
  std::int32_t high_a = 0, high_b = 0, high = 0;
  std::int32_t low_a = 0, low_b = 0, low = 0;
  std::int32_t shift = 0;  ///< the addition's less 16
};

[[nodiscard]] AddPlan make_add_plan(const models::Add& add, int zero_point_a, int zero_point_b);

struct AddTask {
  const std::uint8_t* a = nullptr;
  const std::uint8_t* b = nullptr;
  std::uint8_t* output = nullptr;
  std::size_t count = 0;
};

struct Kernels {
  void (*conv)(const WindowTask&);
  void (*depthwise)(const WindowTask&);
  void (*add)(const AddPlan&, const AddTask&);
};

/// The kernels of `isa`; throws InputError if this machine cannot run them.
[[nodiscard]] const Kernels& kernels_for(Isa isa);

extern const Kernels kPortableKernels;
#ifdef __x86_64__
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

}  // namespace brownout::accel::fast
