// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/tensor_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/core/error.h"

namespace brownout::models::onnx_export {

using onnx::TensorProto;

void reject(const Node& node, const std::string& what) {
  throw InputError(
      fmt::format("node '{}' ({}): {}", node.name, operation_name(node.operation), what));
}

void reject_requantizer(const Node& node) {
  reject(node, "its requantiser is not the one its scales give, and ONNX stores only scales");
}

bool equal(const Requantizer& a, const Requantizer& b) {
  return a.multiplier == b.multiplier && a.shift == b.shift && a.zero_point == b.zero_point &&
         a.lowest == b.lowest && a.highest == b.highest;
}

bool equal(const Add& a, const Add& b) {
  return a.multiplier_a == b.multiplier_a && a.multiplier_b == b.multiplier_b &&
         a.shift == b.shift && a.zero_point == b.zero_point && a.lowest == b.lowest &&
         a.highest == b.highest;
}

bool covers(const Window& w, const Shape& image) {
  return w.kernel_h == image.height && w.kernel_w == image.width && w.stride_h == 1 &&
         w.stride_w == 1 && w.dilation_h == 1 && w.dilation_w == 1 && w.pad_top == 0 &&
         w.pad_left == 0 && w.pad_bottom == 0 && w.pad_right == 0 && !w.is_spread();
}

TensorWriter::TensorWriter(const Graph& graph, onnx::GraphProto& proto)
    : graph_(graph), writer_(proto), stored_(graph.tensors.size()) {
  for (const Tensor& tensor : graph_.tensors) writer_.claim(tensor.name, "tensor");
}

const StoredTensor& TensorWriter::store(TensorId id) {
  const Tensor& source = tensor(id);
  const bool single = source.scale.size() == 1;
  if (!single || static_cast<double>(static_cast<float>(source.scale[0])) != source.scale[0]) {
    throw InputError(fmt::format("tensor '{}': ONNX needs one float32 scale", source.name));
  }
  StoredTensor& result = stored_.at(id.value());
  result.codes = source.name;
  result.scale = writer_.add_floats(source.name + "/scale", {}, source.scale);
  result.zero_point = writer_.add_integers(source.name + "/zero_point", {}, {source.zero_point},
                                           TensorProto::UINT8);
  return result;
}

void TensorWriter::quantize(const std::string& value, TensorId id, const std::string& name) {
  const StoredTensor& to = store(id);
  const std::string node = name.empty() ? writer_.fresh(to.codes + "/quantize") : name;
  writer_.add_node("QuantizeLinear", node, {value, to.scale, to.zero_point}, to.codes);
}

std::string TensorWriter::real(TensorId id) {
  StoredTensor& from = stored_.at(id.value());
  if (from.real.empty()) {
    from.real = writer_.fresh(from.codes + "/real");
    writer_.add_node("DequantizeLinear", from.real, {from.codes, from.scale, from.zero_point},
                     from.real);
  }
  return from.real;
}

std::string TensorWriter::keep_coding(const Node& node) {
  check_same_coding(node);
  StoredTensor& to = stored_.at(node.output.value());
  to = stored(node.inputs.at(0));
  to.codes = output(node).name;
  to.real.clear();
  return to.codes;
}

void TensorWriter::check_same_coding(const Node& node) const {
  if (input(node).scale != output(node).scale ||
      input(node).zero_point != output(node).zero_point) {
    reject(node, "input and output must share scale and zero point");
  }
}

std::string TensorWriter::clipped(const Node& node, const std::string& value,
                                  const OutputRange& range) {
  if (range.lowest == 0 && range.highest == 255) return value;
  const Tensor& result = output(node);
  std::string name = writer_.fresh(result.name + "/clipped");
  if (range.lowest == range.zero_point && range.highest == 255) {
    writer_.add_node("Relu", name, {value}, name);
    return name;
  }
  const auto bound = [&](const char* suffix, int code) {
    const double real = result.scale.front() * (code - range.zero_point);
    if (std::isinf(static_cast<float>(real))) {
      reject(node, fmt::format("clips at {}, beyond float32's numbers", real));
    }
    return writer_.add_floats(result.name + suffix, {}, {real});
  };
  const std::string lowest = bound("/min", range.lowest);
  const std::string highest = bound("/max", range.highest);
  writer_.add_node("Clip", name, {value, lowest, highest}, name);
  return name;
}

}  // namespace brownout::models::onnx_export
