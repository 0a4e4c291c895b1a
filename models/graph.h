// SPDX-License-Identifier: Apache-2.0
// The quantised network (layer 2): tensors, operations in topological order, and the meaning of
// their numbers. Plain values; engines read it, the ONNX importer and the trainer build it.
//
// Every activation is an unsigned 8-bit code: real = scale * (code - zero_point). ONNX int8
// activations are stored with code and zero point shifted by +128. Activations lie in memory
// row-major as height, width, channel (HWC). Weights are signed codes in ONNX order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sim/core/index.h"

namespace brownout::models {

/// Extent of one image's activation; batch is always 1.
struct Shape {
  int channels = 0;
  int height = 0;
  int width = 0;

  [[nodiscard]] std::size_t elements() const {
    return static_cast<std::size_t>(channels) * static_cast<std::size_t>(height) *
           static_cast<std::size_t>(width);
  }
  /// Position of an element in the HWC layout.
  [[nodiscard]] std::size_t offset(int y, int x, int c) const {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
            static_cast<std::size_t>(x)) *
               static_cast<std::size_t>(channels) +
           static_cast<std::size_t>(c);
  }
  friend bool operator==(const Shape& a, const Shape& b) {
    return a.channels == b.channels && a.height == b.height && a.width == b.width;
  }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }
};

enum class ElementType {
  kUint8,  ///< requantised activation code
  kInt32,  ///< raw accumulators; only a network's last operation may produce them
};

struct Tensor {
  std::string name;
  Shape shape;
  ElementType type = ElementType::kUint8;
  /// Real value of one step: one entry per tensor, or one per channel for kInt32.
  std::vector<double> scale = {1.0};
  int zero_point = 0;  ///< 0..255; 0 for kInt32
};

/// Fixed-point rescaling of int32 accumulators to codes (DESIGN section 4):
/// code = clamp(((acc * multiplier + 2^(shift-1)) >> shift) + zero_point, lowest, highest),
/// in 64 bits, arithmetic shift, so halves round up. `multiplier` in [2^30, 2^31), `shift` in
/// [1, 62]; one pair for the tensor or one per output channel.
struct Requantizer {
  std::vector<std::int32_t> multiplier;
  std::vector<std::int32_t> shift;
  std::int32_t zero_point = 0;
  std::int32_t lowest = 0;  ///< zero_point when a ReLU is absorbed
  std::int32_t highest = 255;
};

/// Sliding window of a convolution or pooling; the same meaning as the ONNX attributes.
struct Window {
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  int dilation_h = 1, dilation_w = 1;
};

/// Convolution, and linear layers as the convolution whose kernel covers its whole input (a
/// flattened CHW vector times [out][in] weights is exactly that).
/// acc[m][n] = bias[n] + sum_k (x[m][k] - input zero point) * w[n][k], int32 wrapping; padding
/// contributes zero.
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

using Operation = std::variant<Conv, MaxPool, AveragePool, Add, Relu, Flatten>;

struct Node {
  std::string name;
  Operation operation;
  std::vector<TensorId> inputs;
  TensorId output;
};

/// How a raw image byte becomes the input's real value: (byte / 255 - mean) / deviation, one
/// entry per channel.
struct Preprocessing {
  std::vector<double> mean;
  std::vector<double> deviation;
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  ///< topological order
  TensorId input;
  TensorId output;
  Preprocessing preprocessing;

  [[nodiscard]] const Tensor& tensor(TensorId id) const { return tensors.at(id.value()); }
};

/// Output extent of `window` over `input` with `channels` outputs:
/// floor((in + pads - dilation * (kernel - 1) - 1) / stride) + 1.
[[nodiscard]] Shape output_shape(const Shape& input, const Window& window, int channels);

/// Throws InputError unless shapes, sizes and references of the graph agree; names the node.
void validate(const Graph& graph);

/// Shape of `node`'s output given the shapes of its inputs; throws InputError naming the node when
/// they do not fit its operation.
[[nodiscard]] Shape infer_shape(const Node& node, const std::vector<Shape>& inputs);

[[nodiscard]] const char* operation_name(const Operation& operation);
[[nodiscard]] std::uint64_t parameter_count(const Graph& graph);
/// Multiply-accumulates of one inference, padding included.
[[nodiscard]] std::uint64_t mac_count(const Graph& graph);

}  // namespace brownout::models
