// SPDX-License-Identifier: Apache-2.0
// Nodes whose inputs are all constants, computed while the network is loaded (layer 2): the shape
// arithmetic that exporters leave behind.
#pragma once

#include <string>
#include <vector>

#include "models/onnx/node_view.h"
#include "models/onnx/numbers.h"

namespace brownout::models::onnx_import {

/// Operands of a node; an optional one that is left out is null.
using Operands = std::vector<const Numbers*>;

/// One node at work on constants.
struct Folding {
  const NodeView& node;
  const Operands& inputs;

  /// Throws InputError when it is left out.
  [[nodiscard]] const Numbers& input(std::size_t index) const;
  [[nodiscard]] const Numbers* optional_input(std::size_t index) const {
    return index < inputs.size() ? inputs[index] : nullptr;
  }
  /// Integers given as the attribute (older operator sets) or as the input (newer ones); null when
  /// neither is there.
  [[nodiscard]] std::vector<std::int64_t> integers(const char* attribute, std::size_t index,
                                                   const std::vector<std::int64_t>& fallback) const;
};

using Fold = Numbers (*)(const Folding&);

/// How `op` folds, null when it does not.
[[nodiscard]] Fold find_fold(const std::string& op);

// Operators that move elements (fold_moves.cpp).
[[nodiscard]] Numbers fold_concat(const Folding& folding);
[[nodiscard]] Numbers fold_expand(const Folding& folding);
[[nodiscard]] Numbers fold_flatten(const Folding& folding);
[[nodiscard]] Numbers fold_gather(const Folding& folding);
[[nodiscard]] Numbers fold_reshape(const Folding& folding);
[[nodiscard]] Numbers fold_slice(const Folding& folding);
[[nodiscard]] Numbers fold_squeeze(const Folding& folding);
[[nodiscard]] Numbers fold_transpose(const Folding& folding);
[[nodiscard]] Numbers fold_unsqueeze(const Folding& folding);

// Operators of two numbers, broadcast, and the choice between them (fold_arithmetic.cpp). Integers
// wrap in 64 bits; dividing them by zero is an InputError.
[[nodiscard]] Numbers fold_add(const Folding& folding);
[[nodiscard]] Numbers fold_sub(const Folding& folding);
[[nodiscard]] Numbers fold_mul(const Folding& folding);
[[nodiscard]] Numbers fold_div(const Folding& folding);
[[nodiscard]] Numbers fold_min(const Folding& folding);
[[nodiscard]] Numbers fold_max(const Folding& folding);
[[nodiscard]] Numbers fold_equal(const Folding& folding);
[[nodiscard]] Numbers fold_where(const Folding& folding);
[[nodiscard]] Numbers fold_negative(const Folding& folding);

/// Extents of a tensor of extents `dims` reshaped to `target`, in which 0 keeps an extent and one
/// -1 takes the rest. Throws InputError when the numbers of elements differ.
[[nodiscard]] Extents reshaped(const Extents& dims, const std::vector<std::int64_t>& target,
                               bool zero_is_an_extent);

/// Where a Slice begins along each axis, how many elements it takes and how far apart they are.
struct SliceRange {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};
/// Of every axis of `dims`. Throws InputError.
[[nodiscard]] std::vector<SliceRange> slice_ranges(const Folding& folding, const Extents& dims);

}  // namespace brownout::models::onnx_import
