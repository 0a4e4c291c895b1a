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
#include <vector>

#include "models/operations.h"
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
/// floor((spread(in) + pads - dilation * (kernel - 1) - 1) / stride) + 1 with
/// spread(in) = (in - 1) * spread + 1.
[[nodiscard]] Shape output_shape(const Shape& input, const Window& window, int channels);

/// Throws InputError unless shapes, sizes and references of the graph agree; names the node.
void validate(const Graph& graph);

/// Shape of `node`'s output given the shapes of its inputs; throws InputError naming the node when
/// they do not fit its operation.
[[nodiscard]] Shape infer_shape(const Node& node, const std::vector<Shape>& inputs);

[[nodiscard]] std::uint64_t parameter_count(const Graph& graph);
/// Multiply-accumulates of one inference, padding included. A transposed convolution counts as what
/// it is here, a convolution of stride 1 at its output's resolution, the inserted zeros included.
[[nodiscard]] std::uint64_t mac_count(const Graph& graph);

}  // namespace brownout::models
