// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/onnx/scales.h"
#include "models/onnx/tensor_writer.h"

namespace brownout::models::onnx_export {
namespace {

using onnx::TensorProto;

/// A number for one scale, a list for one per channel.
std::vector<int> scale_dims(const std::vector<double>& scale) {
  return scale.size() == 1 ? std::vector<int>{} : std::vector<int>{static_cast<int>(scale.size())};
}

std::vector<int> weight_dims(const Conv& conv, const Shape& input) {
  return {static_cast<int>(conv.bias.size()), input.channels / conv.groups, conv.window.kernel_h,
          conv.window.kernel_w};
}

StoredTensor write_weights(TensorWriter& writer, const Node& node, const Conv& conv,
                           const std::vector<int>& dims) {
  const std::string name = writer.output(node).name + "/weights";
  const std::vector<int> scales = scale_dims(conv.weight_scale);
  const std::vector<std::int32_t> zeros(conv.weight_scale.size(), 0);
  StoredTensor weights;
  weights.codes = writer.proto().add_weights(name, dims, conv.weights);
  weights.scale = writer.proto().add_floats(name + "/scale", scales, conv.weight_scale);
  weights.zero_point =
      writer.proto().add_integers(name + "/zero_point", scales, zeros, TensorProto::INT8);
  return weights;
}

std::string dequantize(TensorWriter& writer, const std::vector<std::string>& inputs) {
  std::string result = writer.proto().fresh(inputs.front() + "/real");
  set_attribute(writer.proto().add_node("DequantizeLinear", result, inputs, result), "axis", 0);
  return result;
}

std::string write_real_bias(TensorWriter& writer, const Node& node, const Conv& conv) {
  const std::string name = writer.output(node).name + "/bias";
  const std::vector<double> steps = accumulator_scale(writer.input(node), conv);
  const std::string codes = writer.proto().add_integers(name, {static_cast<int>(conv.bias.size())},
                                                        conv.bias, TensorProto::INT32);
  const std::string scale = writer.proto().add_floats(name + "/scale", scale_dims(steps), steps);
  return dequantize(writer, {codes, scale});
}

void write_real_conv(TensorWriter& writer, const Node& node, const Conv& conv,
                     const std::string& result) {
  const bool gemm = is_gemm(conv, writer.input(node).shape);
  std::vector<int> dims = weight_dims(conv, writer.input(node).shape);
  if (gemm) dims = {dims[0], dims[1] * dims[2] * dims[3]};
  const StoredTensor stored = write_weights(writer, node, conv, dims);
  const std::string weights = dequantize(writer, {stored.codes, stored.scale, stored.zero_point});
  const std::string bias = write_real_bias(writer, node, conv);
  const std::string input = writer.real(node.inputs.at(0));
  if (gemm) {
    const std::string flat = writer.proto().fresh(writer.output(node).name + "/flat");
    writer.proto().add_node("Flatten", flat, {input}, flat);
    auto& proto = writer.proto().add_node("Gemm", node.name, {flat, weights, bias}, result);
    set_attribute(proto, "transB", 1);
  } else {
    auto& proto = writer.proto().add_node("Conv", node.name, {input, weights, bias}, result);
    set_window(proto, conv.window, true);
    set_attribute(proto, "group", conv.groups);
  }
}

void write_qlinear_conv(TensorWriter& writer, const Node& node, const Conv& conv) {
  const StoredTensor weights =
      write_weights(writer, node, conv, weight_dims(conv, writer.input(node).shape));
  const StoredTensor& x = writer.stored(node.inputs.at(0));
  const StoredTensor& y = writer.store(node.output);
  const std::string bias = writer.proto().add_integers(
      y.codes + "/bias", {static_cast<int>(conv.bias.size())}, conv.bias, TensorProto::INT32);
  auto& proto =
      writer.proto().add_node("QLinearConv", node.name,
                              {x.codes, x.scale, x.zero_point, weights.codes, weights.scale,
                               weights.zero_point, y.scale, y.zero_point, bias},
                              y.codes);
  set_window(proto, conv.window, true);
  set_attribute(proto, "group", conv.groups);
}

}  // namespace

bool is_gemm(const Conv& conv, const Shape& input) {
  return conv.requantizer.multiplier.empty() && conv.groups == 1 && covers(conv.window, input);
}

void write_conv(TensorWriter& writer, const Node& node, const Conv& conv) {
  const auto is_float = [](double s) { return static_cast<double>(static_cast<float>(s)) == s; };
  if (!std::all_of(conv.weight_scale.begin(), conv.weight_scale.end(), is_float)) {
    reject(node, "its weight scales are not float32 numbers, and ONNX stores only those");
  }
  const Tensor& input = writer.input(node);
  const Tensor& output = writer.output(node);
  const Requantizer& r = conv.requantizer;
  if (r.multiplier.empty()) {
    if (output.scale != accumulator_scale(input, conv)) {
      reject(node, "its output's scale is not input scale x weight scale");
    }
    write_real_conv(writer, node, conv, output.name);
    return;
  }
  const OutputRange range{output.zero_point, r.lowest, r.highest};
  if (!equal(r, conv_requantizer(input, conv, output.scale.front(), range))) {
    reject_requantizer(node);
  }
  if (r.lowest == 0 && r.highest == 255) {
    write_qlinear_conv(writer, node, conv);
    return;
  }
  const std::string sum = writer.proto().fresh(output.name + "/sum");
  write_real_conv(writer, node, conv, sum);
  writer.quantize(writer.clipped(node, sum, range), node.output);
}

}  // namespace brownout::models::onnx_export
