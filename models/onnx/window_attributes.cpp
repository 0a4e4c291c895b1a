// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/window_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

constexpr std::int64_t kMaxExtent = 4096;
/// Pixels each way of a transposed convolution's input and of an output it is told to give.
constexpr int kMaxOutput = 1 << 16;
constexpr const char* kPaddingModes = "allowed are NOTSET, SAME_UPPER, SAME_LOWER and VALID";

/// One direction of a window.
struct Axis {
  int input, kernel, stride, dilation;
  int before = 0, after = 0;

  [[nodiscard]] int reach() const { return dilation * (kernel - 1) + 1; }

  void pad_to_same(bool upper) {
    const int outputs = (input + stride - 1) / stride;
    const int total = std::max(0, (outputs - 1) * stride + reach() - input);
    before = upper ? total / 2 : total - total / 2;
    after = total - before;
  }

  void round_up() {
    const int span = input + before + after - reach();
    const int missing = span > 0 ? (stride - span % stride) % stride : 0;
    // A window that would start in the padding at the end does not count.
    if (span + missing < input + before) after += missing;
  }
};

Window to_window(const Axis& rows, const Axis& columns) {
  Window window;
  window.kernel_h = rows.kernel;
  window.kernel_w = columns.kernel;
  window.stride_h = rows.stride;
  window.stride_w = columns.stride;
  window.dilation_h = rows.dilation;
  window.dilation_w = columns.dilation;
  window.pad_top = rows.before;
  window.pad_left = columns.before;
  window.pad_bottom = rows.after;
  window.pad_right = columns.after;
  return window;
}

template <std::size_t N>
std::array<int, N> read_extents(const NodeView& node, const char* attribute, std::int64_t lowest,
                                std::int64_t fallback) {
  std::array<int, N> extents{};
  extents.fill(static_cast<int>(fallback));
  const auto values = node.integers(attribute);
  if (!values) return extents;
  if (values->size() != N) {
    throw InputError(
        fmt::format("attribute '{}': has {} entries, only {} (two dimensions) are supported",
                    attribute, values->size(), N));
  }
  for (std::size_t i = 0; i < N; ++i) {
    const std::int64_t value = (*values)[i];
    if (value < lowest || value > kMaxExtent) {
      throw InputError(fmt::format("attribute '{}': holds {}, allowed are {} to {}", attribute,
                                   value, lowest, kMaxExtent));
    }
    extents[i] = static_cast<int>(value);
  }
  return extents;
}

std::array<int, 2> read_kernel(const NodeView& node, std::optional<KernelExtent> known) {
  if (!known && !node.integers("kernel_shape")) {
    throw InputError("attribute 'kernel_shape': is missing");
  }
  const auto kernel = read_extents<2>(node, "kernel_shape", 1, 0);
  if (!known) return kernel;
  if (known->first > kMaxExtent || known->second > kMaxExtent) {
    throw InputError(fmt::format("has a kernel of {}x{}, allowed are 1 to {} each way",
                                 known->first, known->second, kMaxExtent));
  }
  const std::array<int, 2> expected = {known->first, known->second};
  if (node.integers("kernel_shape") && kernel != expected) {
    throw InputError(fmt::format("attribute 'kernel_shape': is {}x{}, the weights say {}x{}",
                                 kernel[0], kernel[1], expected[0], expected[1]));
  }
  return expected;
}

void apply_padding(const NodeView& node, Axis& rows, Axis& columns) {
  const std::string mode = node.text("auto_pad", "NOTSET");
  const auto pads = read_extents<4>(node, "pads", 0, 0);
  if (mode == "NOTSET") {
    rows.before = pads[0];
    columns.before = pads[1];
    rows.after = pads[2];
    columns.after = pads[3];
  } else if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    rows.pad_to_same(mode == "SAME_UPPER");
    columns.pad_to_same(mode == "SAME_UPPER");
  } else if (mode != "VALID") {
    throw InputError(fmt::format("attribute 'auto_pad': is '{}', {}", mode, kPaddingModes));
  }
}

/// Padding along one direction of a transposed convolution that makes its output `wanted` long.
/// https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
void pad_transposed(Axis& axis, int output_padding, int wanted, bool upper) {
  const int full = (axis.input - 1) * axis.stride + axis.reach() + output_padding;
  if (wanted > full) {  // beyond the kernel's reach; ONNX's test vectors put that at the end
    axis.before = 0;
    axis.after = full - wanted;
    return;
  }
  axis.before = upper ? (full - wanted) / 2 : full - wanted - (full - wanted) / 2;
  axis.after = full - wanted - axis.before;
}

/// Extents the output is to have, if the node says so: output_shape, or input x stride for SAME.
std::optional<std::array<int, 2>> wanted_output(const NodeView& node, const Axis& rows,
                                                const Axis& columns, bool same) {
  if (const auto shape = node.integers("output_shape")) {
    // Some tools write batch and channels too.
    const bool fits = shape->size() == 2 || shape->size() == 4;
    const std::int64_t height = fits ? (*shape)[shape->size() - 2] : 0;
    const std::int64_t width = fits ? shape->back() : 0;
    if (std::min(height, width) < 1 || std::max(height, width) > kMaxOutput) {
      throw InputError(
          fmt::format("attribute 'output_shape': is [{}], only height and width of 1 "
                      "to {} are supported",
                      fmt::join(*shape, ", "), kMaxOutput));
    }
    return std::array{static_cast<int>(height), static_cast<int>(width)};
  }
  if (!same) return std::nullopt;
  return std::array{rows.input * rows.stride, columns.input * columns.stride};
}

}  // namespace

TransposedWindow read_transposed_window(const NodeView& node, const Shape& input,
                                        KernelExtent kernel) {
  const auto extent = read_kernel(node, kernel);
  const auto stride = read_extents<2>(node, "strides", 1, 1);
  const auto dilation = read_extents<2>(node, "dilations", 1, 1);
  const auto extra = read_extents<2>(node, "output_padding", 0, 0);
  const auto pads = read_extents<4>(node, "pads", 0, 0);
  if (std::max(input.height, input.width) > kMaxOutput) {
    throw InputError(fmt::format("spreads {}x{} pixels, allowed are up to {} each way",
                                 input.height, input.width, kMaxOutput));
  }
  Axis rows{input.height, extent[0], stride[0], dilation[0], pads[0], pads[2]};
  Axis columns{input.width, extent[1], stride[1], dilation[1], pads[1], pads[3]};
  const std::string mode = node.text("auto_pad", "NOTSET");
  const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (!same && mode != "NOTSET" && mode != "VALID") {
    throw InputError(fmt::format("attribute 'auto_pad': is '{}', {}", mode, kPaddingModes));
  }
  if (const auto wanted = wanted_output(node, rows, columns, same)) {
    pad_transposed(rows, extra[0], (*wanted)[0], mode == "SAME_UPPER");
    pad_transposed(columns, extra[1], (*wanted)[1], mode == "SAME_UPPER");
  }
  return {to_window(rows, columns), extra[0], extra[1]};
}

Window read_window(const NodeView& node, const Shape& input, std::optional<KernelExtent> kernel) {
  const auto extent = read_kernel(node, kernel);
  const auto stride = read_extents<2>(node, "strides", 1, 1);
  const auto dilation = read_extents<2>(node, "dilations", 1, 1);
  Axis rows{input.height, extent[0], stride[0], dilation[0]};
  Axis columns{input.width, extent[1], stride[1], dilation[1]};
  apply_padding(node, rows, columns);
  const std::int64_t ceil_mode = node.integer("ceil_mode", 0);
  if (ceil_mode != 0) {
    rows.round_up();
    columns.round_up();
  }
  return to_window(rows, columns);
}

}  // namespace brownout::models::onnx_import
