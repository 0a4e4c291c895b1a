// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/onnx/scales.h"
#include "models/onnx/tensor_writer.h"
#include "models/transposed_conv.h"

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

/// `axis` is the one of the output channels.
std::string dequantize(TensorWriter& writer, const std::vector<std::string>& inputs, int axis) {
  std::string result = writer.proto().fresh(inputs.front() + "/real");
  set_attribute(writer.proto().add_node("DequantizeLinear", result, inputs, result), "axis", axis);
  return result;
}

std::string write_real_bias(TensorWriter& writer, const Node& node, const Conv& conv) {
  const std::string name = writer.output(node).name + "/bias";
  const std::vector<double> steps = accumulator_scale(writer.input(node), conv);
  for (const double step : steps) {
    if (!std::isnormal(static_cast<float>(step))) {
      reject(node, fmt::format("its bias has a scale of {}, which float32 cannot hold", step));
    }
  }
  const std::string codes = writer.proto().add_integers(name, {static_cast<int>(conv.bias.size())},
                                                        conv.bias, TensorProto::INT32);
  const std::string scale = writer.proto().add_floats(name + "/scale", scale_dims(steps), steps);
  return dequantize(writer, {codes, scale}, 0);
}

/// The attributes ONNX knows a convolution over a spread input by. The output is padded at the end
/// only where the kernel does not reach.
TransposedWindow transposed_window(const Node& node, const Window& w) {
  TransposedWindow result;
  Window& t = result.window;
  if (w.stride_h != 1 || w.stride_w != 1) {
    reject(node, "strides over a spread input, which ONNX's ConvTranspose cannot");
  }
  t = w;
  t.stride_h = w.spread_h;
  t.stride_w = w.spread_w;
  t.spread_h = t.spread_w = 1;
  const int reach_h = w.dilation_h * (w.kernel_h - 1);
  const int reach_w = w.dilation_w * (w.kernel_w - 1);
  result.output_padding_h = std::max(0, w.pad_bottom - reach_h);
  result.output_padding_w = std::max(0, w.pad_right - reach_w);
  t.pad_top = reach_h - w.pad_top;
  t.pad_left = reach_w - w.pad_left;
  t.pad_bottom = reach_h - w.pad_bottom + result.output_padding_h;
  t.pad_right = reach_w - w.pad_right + result.output_padding_w;
  if (t.pad_top < 0 || t.pad_left < 0 ||
      result.output_padding_h >= std::max(t.stride_h, t.dilation_h) ||
      result.output_padding_w >= std::max(t.stride_w, t.dilation_w)) {
    reject(node, "pads a spread input more widely than ONNX's ConvTranspose can");
  }
  return result;
}

/// `conv` with its weights as ConvTranspose stores them and the scales of one group.
Conv transposed_weights(const Node& node, const Conv& conv) {
  Conv stored = conv;
  const auto outputs = conv.bias.size();
  stored.weights = transpose_weights(conv.weights, static_cast<int>(outputs), conv.groups,
                                     conv.window.kernel_h * conv.window.kernel_w);
  if (conv.weight_scale.size() == 1) return stored;
  stored.weight_scale.resize(outputs / static_cast<std::size_t>(conv.groups));
  for (std::size_t i = 0; i < outputs; ++i) {
    if (conv.weight_scale[i] != stored.weight_scale[i % stored.weight_scale.size()]) {
      reject(node, "its groups have different weight scales; ConvTranspose has one set for all");
    }
  }
  return stored;
}

void write_conv_transpose(TensorWriter& writer, const Node& node, const Conv& conv,
                          const std::string& result) {
  const TransposedWindow window = transposed_window(node, conv.window);
  const int in_channels = writer.input(node).shape.channels;
  const int out_in_group = static_cast<int>(conv.bias.size()) / conv.groups;
  const StoredTensor stored =
      write_weights(writer, node, transposed_weights(node, conv),
                    {in_channels, out_in_group, conv.window.kernel_h, conv.window.kernel_w});
  const std::string weights =
      dequantize(writer, {stored.codes, stored.scale, stored.zero_point}, 1);
  const std::string bias = write_real_bias(writer, node, conv);
  const std::string input = writer.real(node.inputs.at(0));
  auto& proto = writer.proto().add_node("ConvTranspose", node.name, {input, weights, bias}, result);
  set_window(proto, window.window, true);
  set_attribute(proto, "output_padding", {window.output_padding_h, window.output_padding_w});
  set_attribute(proto, "group", conv.groups);
}

void write_real_conv(TensorWriter& writer, const Node& node, const Conv& conv,
                     const std::string& result) {
  if (conv.window.is_spread()) {
    write_conv_transpose(writer, node, conv, result);
    return;
  }
  const bool gemm = is_gemm(conv, writer.input(node).shape);
  std::vector<int> dims = weight_dims(conv, writer.input(node).shape);
  if (gemm) dims = {dims[0], dims[1] * dims[2] * dims[3]};
  const StoredTensor stored = write_weights(writer, node, conv, dims);
  const std::string weights =
      dequantize(writer, {stored.codes, stored.scale, stored.zero_point}, 0);
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
  if (r.lowest == 0 && r.highest == 255 && !conv.window.is_spread()) {
    write_qlinear_conv(writer, node, conv);
    return;
  }
  const std::string sum = writer.proto().fresh(output.name + "/sum");
  write_real_conv(writer, node, conv, sum);
  writer.quantize(writer.clipped(node, sum, range), node.output);
}

}  // namespace brownout::models::onnx_export
