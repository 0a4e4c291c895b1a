// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/rearrange_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/onnx/resize_reader.h"
#include "models/rearrange.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

/// Indices along every axis of the activation as the file sees it.
using AxisIndices = std::vector<std::vector<int>>;

AxisIndices identity_of(const Extents& dims) {
  AxisIndices indices;
  for (const std::int64_t dim : dims) indices.push_back(every(static_cast<int>(dim)));
  return indices;
}

AxisIndices read_slice(const Folding& folding, const Extents& dims) {
  AxisIndices indices;
  for (const SliceRange& range : slice_ranges(folding, dims)) {
    std::vector<int>& axis = indices.emplace_back();
    for (std::int64_t i = 0; i < range.count; ++i) {
      axis.push_back(static_cast<int>(range.start + i * range.step));
    }
  }
  return indices;
}

AxisIndices read_gather(const Folding& folding, const Extents& dims) {
  const std::size_t axis = axis_of(folding.node.integer("axis", 0), dims.size());
  const Numbers& places = folding.input(1);
  if (places.dims.size() != 1) {
    throw InputError(fmt::format("takes [{}] indices, only a vector of them is supported",
                                 fmt::join(places.dims, ", ")));
  }
  AxisIndices indices = identity_of(dims);
  indices[axis].clear();
  for (const std::int64_t place : places.integers()) {
    if (place < -dims[axis] || place >= dims[axis]) {
      throw InputError(fmt::format("takes element {} of {}", place, dims[axis]));
    }
    indices[axis].push_back(static_cast<int>(place < 0 ? place + dims[axis] : place));
  }
  return indices;
}

/// Index of the padded axis's element `i` by ONNX's modes.
int padded_index(const std::string& mode, std::int64_t i, std::int64_t extent) {
  if (i >= 0 && i < extent) return static_cast<int>(i);
  if (mode == "constant") return -1;
  if (mode == "edge") return static_cast<int>(std::clamp<std::int64_t>(i, 0, extent - 1));
  const std::int64_t mirrored = i < 0 ? -i : 2 * (extent - 1) - i;
  if (mirrored < 0 || mirrored >= extent) {
    throw InputError(fmt::format("reflects more than the {} elements there are", extent));
  }
  return static_cast<int>(mirrored);
}

void check_pad_value(const Folding& folding, double zero) {
  double value = folding.node.real("value", 0);
  if (const Numbers* given = folding.optional_input(2)) {
    if (given->size() != 1) throw InputError("pads with more than one value");
    value = given->real(0);
  }
  if (value != zero) {
    throw InputError(fmt::format("pads with {}, only {} (zero) is supported", value, zero));
  }
}

AxisIndices read_pad(const Folding& folding, const Extents& dims, double zero) {
  const std::string mode = folding.node.text("mode", "constant");
  if (mode != "constant" && mode != "edge" && mode != "reflect") {
    throw InputError(
        fmt::format("attribute 'mode': is '{}', allowed are constant, edge and reflect", mode));
  }
  const char* const attribute = folding.node.integers("paddings") ? "paddings" : "pads";
  const auto pads = folding.integers(attribute, 1, {});
  if (pads.size() != 2 * dims.size()) {
    throw InputError(fmt::format("has {} paddings, needs {}", pads.size(), 2 * dims.size()));
  }
  AxisIndices indices;
  bool pads_any = false;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const std::int64_t before = pads[axis];
    const std::int64_t after = pads[axis + dims.size()];
    if (std::max(before, after) > kLongestAxis || std::min(before, after) < -dims[axis]) {
      throw InputError(fmt::format("pads {} elements by {} and {}", dims[axis], before, after));
    }
    pads_any = pads_any || before > 0 || after > 0;
    std::vector<int>& own = indices.emplace_back();
    for (std::int64_t i = -before; i < dims[axis] + after; ++i) {
      own.push_back(padded_index(mode, i, dims[axis]));
    }
  }
  if (pads_any && mode == "constant") check_pad_value(folding, zero);
  return indices;
}

/// An index is kept for every element along every axis.
void check_axes(const Extents& dims) {
  for (const std::int64_t dim : dims) {
    if (dim > kLongestAxis) {
      throw InputError(fmt::format("moves elements of an axis of {}, allowed are up to 2^20", dim));
    }
  }
}

/// A batch of one image stays that.
void check_batch(const std::vector<int>& indices) {
  if (indices == std::vector<int>{0}) return;
  throw InputError("changes the batch, only channels, height and width may be");
}

}  // namespace

bool is_rearrangement(const std::string& op) {
  constexpr std::array<const char*, 5> kNames = {"Gather", "Pad", "Resize", "Slice", "Upsample"};
  return std::find(kNames.begin(), kNames.end(), op) != kNames.end();
}

Rearrange read_rearrange(const Folding& folding, const Rearranged& of) {
  Extents dims = {1, of.input.channels};
  if (!of.is_vector) dims.insert(dims.end(), {of.input.height, of.input.width});
  check_axes(dims);
  const std::string op = folding.node.op();
  AxisIndices indices;
  if (op == "Slice") {
    indices = read_slice(folding, dims);
  } else if (op == "Gather") {
    indices = read_gather(folding, dims);
  } else if (op == "Pad") {
    indices = read_pad(folding, dims, of.zero);
  } else {
    indices = read_nearest(folding, dims);
  }
  check_batch(indices[0]);
  if (of.is_vector) return {{0}, {0}, std::move(indices[1])};
  return {std::move(indices[2]), std::move(indices[3]), std::move(indices[1])};
}

}  // namespace brownout::models::onnx_import
