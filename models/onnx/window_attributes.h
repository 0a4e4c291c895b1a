// SPDX-License-Identifier: Apache-2.0
// kernel_shape, strides, pads, dilations, auto_pad and ceil_mode to a Window (layer 2), and what
// ConvTranspose has beside them.
#pragma once

#include <optional>
#include <utility>

#include "models/graph.h"
#include "models/onnx/node_view.h"
#include "models/transposed_conv.h"

namespace brownout::models::onnx_import {

/// Extent of a convolution's kernel, known from its weights; a pooling has only its attribute.
using KernelExtent = std::pair<int, int>;

/// The node's window over `input`, automatic padding resolved. With ceil_mode, the padding at
/// bottom and right grows until rounding down gives the same extent. Throws InputError.
[[nodiscard]] Window read_window(const NodeView& node, const Shape& input,
                                 std::optional<KernelExtent> kernel);

/// A ConvTranspose's window over `input`; output_shape and automatic padding become padding as ONNX
/// defines it. Throws InputError.
[[nodiscard]] TransposedWindow read_transposed_window(const NodeView& node, const Shape& input,
                                                      KernelExtent kernel);

}  // namespace brownout::models::onnx_import
