// SPDX-License-Identifier: Apache-2.0
// The operations of a quantised network and the arithmetic each one means (layer 2);
// reference_ops.h computes them, graph.h strings them together.
#pragma once

#include <array>
#include <cstdint>
#include <tuple>
#include <variant>
#include <vector>

namespace brownout::models {

/// Fixed-point rescaling of int32 accumulators to codes (DESIGN section 4):
/// code = clamp(((acc * multiplier + 2^(shift-1)) >> shift) + zero_point, lowest, highest),
/// in 64 bits, arithmetic shift, so halves round up. `multiplier` in [2^30, 2^31), `shift` in
/// [1, 62]; one pair for the tensor or one per output channel (Concat: per input).
struct Requantizer {
  std::vector<std::int32_t> multiplier;
  std::vector<std::int32_t> shift;
  std::int32_t zero_point = 0;
  std::int32_t lowest = 0;  ///< zero_point when a ReLU is absorbed
  std::int32_t highest = 255;
};

/// Sliding window of a convolution or pooling; the same meaning as the ONNX attributes.
///
/// `spread` puts spread - 1 zeros between neighbouring pixels of the input before it is padded, as
/// transposed convolutions need (transposed_conv.h); 1 everywhere else. Where the input is spread,
/// padding may be negative: it crops.
struct Window {
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  int dilation_h = 1, dilation_w = 1;
  int spread_h = 1, spread_w = 1;

  [[nodiscard]] bool is_spread() const { return spread_h > 1 || spread_w > 1; }

  friend bool operator==(const Window& a, const Window& b) {
    const auto fields = [](const Window& w) {
      return std::tie(w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.pad_top, w.pad_left,
                      w.pad_bottom, w.pad_right, w.dilation_h, w.dilation_w, w.spread_h,
                      w.spread_w);
    };
    return fields(a) == fields(b);
  }
};

/// Input row (or column) under `position`, counted along the spread and unpadded input; -1 in the
/// padding and on an inserted zero.
[[nodiscard]] inline int source_index(int position, int spread, int extent) {
  if (position < 0 || position % spread != 0 || position / spread >= extent) return -1;
  return position / spread;
}

/// Convolution, and linear layers as the convolution whose kernel covers its whole input (a
/// flattened CHW vector times [out][in] weights is exactly that).
/// acc[m][n] = bias[n] + sum_k (x[m][k] - input zero point) * w[n][k], int32 wrapping; padding and
/// the zeros of a spread input contribute zero.
struct Conv {
  Window window;
  int groups = 1;
  std::vector<std::int8_t> weights;  ///< [out][in / groups][kernel_h][kernel_w]
  /// Real value of one weight step: one entry per tensor or one per output channel.
  std::vector<double> weight_scale;
  std::vector<std::int32_t> bias;  ///< [out]
  /// Absent (empty multiplier): the accumulators themselves are the output.
  Requantizer requantizer;
};

/// Padding never wins: it counts as the lowest code.
struct MaxPool {
  Window window;
};

/// Sum of (x - zero point) over the window, padding counting as zero and in the divisor; the
/// division by the window's size is part of the requantiser.
struct AveragePool {
  Window window;
  Requantizer requantizer;
};

/// code = clamp((((a - za) * multiplier_a + (b - zb) * multiplier_b + 2^(shift-1)) >> shift) +
/// zero_point, lowest, highest), in 64 bits.
struct Add {
  std::int32_t multiplier_a = 0;
  std::int32_t multiplier_b = 0;
  std::int32_t shift = 1;
  std::int32_t zero_point = 0;
  std::int32_t lowest = 0;
  std::int32_t highest = 255;
};

/// code = max(code, zero point); input and output share scale and zero point.
struct Relu {};

/// HWC to a vector in CHW order, as ONNX flattens.
struct Flatten {};

/// The inputs' channels one after another, each code brought to the output's scale:
/// code = clamp((((x - z[i]) * multiplier[i] + 2^(shift[i]-1)) >> shift[i]) + zero_point, lowest,
/// highest), in 64 bits, z[i] the zero point of input i. One pair for all inputs or one per input;
/// a code stays as it is where scales and zero points agree (ratio 1: 2^30 and 30).
struct Concat {
  Requantizer requantizer;
};

/// Elements picked along each axis: out[y][x][c] = in[rows[y]][columns[x]][channels[c]] where all
/// three are 0 or more, else the zero point; input and output share scale and zero point. Slices,
/// zero padding, nearest-neighbour resizing, flips, shuffled channels (rearrange.h).
struct Rearrange {
  std::vector<int> rows, columns, channels;

  friend bool operator==(const Rearrange& a, const Rearrange& b) {
    return a.rows == b.rows && a.columns == b.columns && a.channels == b.channels;
  }
};

/// code = codes[code]: any function of one number, such as tanh or sigmoid (make_table).
struct Table {
  std::array<std::uint8_t, 256> codes{};
  std::int32_t zero_point = 0;  ///< of the output
};

using Operation =
    std::variant<Conv, MaxPool, AveragePool, Add, Relu, Flatten, Concat, Rearrange, Table>;

[[nodiscard]] const char* operation_name(const Operation& operation);

}  // namespace brownout::models
