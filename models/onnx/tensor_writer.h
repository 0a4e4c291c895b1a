// SPDX-License-Identifier: Apache-2.0
// Activations in the file being written (layer 2): their codes, scales and zero points, and the
// QuantizeLinear and DequantizeLinear nodes between codes and floats.
#pragma once

#include <string>
#include <vector>

#include "models/graph.h"
#include "models/onnx/proto_writer.h"
#include "models/requantize.h"

namespace brownout::models::onnx_export {

/// Names of a tensor's parts in the file; `real` is empty until it is dequantised.
struct StoredTensor {
  std::string codes, scale, zero_point, real;
};

class TensorWriter {
 public:
  /// Reserves the names of all tensors for their codes.
  TensorWriter(const Graph& graph, onnx::GraphProto& proto);

  [[nodiscard]] ProtoWriter& proto() { return writer_; }
  [[nodiscard]] const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  [[nodiscard]] const Tensor& input(const Node& node) const { return tensor(node.inputs.at(0)); }
  [[nodiscard]] const Tensor& output(const Node& node) const { return tensor(node.output); }
  [[nodiscard]] const StoredTensor& stored(TensorId id) const { return stored_.at(id.value()); }

  /// Adds scale and zero point of a tensor whose codes the next node gives. Throws InputError when
  /// the scale is not one float32 number.
  const StoredTensor& store(TensorId id);
  /// Stores the tensor and makes its codes from the float `value`; the node is named after the
  /// tensor unless it gets a name.
  void quantize(const std::string& value, TensorId id, const std::string& name = {});
  /// The tensor dequantised; all its readers share one DequantizeLinear.
  std::string real(TensorId id);
  /// Codes of an output that has its input's scale and zero point, whose constants it shares.
  std::string keep_coding(const Node& node);
  /// Throws InputError unless input and output share scale and zero point.
  void check_same_coding(const Node& node) const;
  /// `value` behind a Relu or Clip, unless saturation to 0..255 does what `range` says.
  std::string clipped(const Node& node, const std::string& value, const OutputRange& range);

 private:
  const Graph& graph_;
  ProtoWriter writer_;
  std::vector<StoredTensor> stored_;
};

/// Throws InputError naming the node.
[[noreturn]] void reject(const Node& node, const std::string& what);
/// Rejects a node whose fixed-point numbers do not follow from the scales.
[[noreturn]] void reject_requantizer(const Node& node);

[[nodiscard]] bool equal(const Requantizer& a, const Requantizer& b);
[[nodiscard]] bool equal(const Add& a, const Add& b);

/// Whether the window is the whole image and nothing else: global pooling and linear layers.
[[nodiscard]] bool covers(const Window& window, const Shape& image);

/// A convolution or linear layer: QLinearConv, or Conv or Gemm on floats where ONNX's saturation is
/// not the range wanted or the result stays unquantised.
void write_conv(TensorWriter& writer, const Node& node, const Conv& conv);

/// Resize where pixels are repeated, else Slice, Gather and Pad of codes.
void write_rearrange(TensorWriter& writer, const Node& node, const Rearrange& rearrange);

/// Tanh, Sigmoid or Clip on floats, whichever gives the table; throws InputError for any other.
void write_table(TensorWriter& writer, const Node& node, const Table& table);

/// Whether the layer is written as Gemm, whose result is a vector: a last linear layer.
[[nodiscard]] bool is_gemm(const Conv& conv, const Shape& input);

}  // namespace brownout::models::onnx_export
