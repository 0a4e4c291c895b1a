// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/window_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

constexpr std::int64_t kMaxExtent = 4096;

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
    throw InputError(fmt::format(
        "attribute 'auto_pad': is '{}', allowed are NOTSET, SAME_UPPER, SAME_LOWER and VALID",
        mode));
  }
}

}  // namespace

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

}  // namespace brownout::models::onnx_import
