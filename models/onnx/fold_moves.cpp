// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "models/onnx/fold.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using Index = std::vector<std::size_t>;

std::size_t position(const Index& index, const std::vector<std::size_t>& strides) {
  return std::inner_product(index.begin(), index.end(), strides.begin(), std::size_t{0});
}

/// The same elements under other extents.
Numbers with_dims(const Numbers& source, Extents dims) {
  return {std::move(dims), source.values, source.type};
}

std::vector<std::size_t> axes_of(const std::vector<std::int64_t>& axes, std::size_t rank) {
  std::vector<std::size_t> result;
  result.reserve(axes.size());
  for (const std::int64_t axis : axes) result.push_back(axis_of(axis, rank));
  std::sort(result.begin(), result.end());
  if (std::adjacent_find(result.begin(), result.end()) != result.end()) {
    throw InputError(fmt::format("names an axis twice in [{}]", fmt::join(axes, ", ")));
  }
  return result;
}

/// `value` moved into the tensor: negative counts from the end.
std::int64_t clamped_bound(std::int64_t value, std::int64_t extent, std::int64_t lowest,
                           std::int64_t highest) {
  if (value < 0) value = value < -extent ? lowest : value + extent;
  return std::clamp(value, lowest, highest);
}

SliceRange slice_range(std::int64_t start, std::int64_t end, std::int64_t step,
                       std::int64_t extent) {
  if (step == 0) throw InputError("has a step of 0");
  const bool forward = step > 0;
  const std::int64_t first = forward ? clamped_bound(start, extent, 0, extent)
                                     : clamped_bound(start, extent, -1, extent - 1);
  const std::int64_t last =
      forward ? clamped_bound(end, extent, 0, extent) : clamped_bound(end, extent, -1, extent - 1);
  const std::int64_t length = forward ? last - first : first - last;
  // Steps beyond the extent take the first element only, and may not be added up.
  const std::int64_t pace = forward ? std::min(step, extent + 1) : -std::max(step, -extent - 1);
  return {first, forward ? pace : -pace, length <= 0 ? 0 : (length + pace - 1) / pace};
}

}  // namespace

const Numbers& Folding::input(std::size_t index) const {
  const Numbers* found = optional_input(index);
  if (found == nullptr) throw InputError(fmt::format("input {} is missing", index));
  return *found;
}

std::vector<std::int64_t> Folding::integers(const char* attribute, std::size_t index,
                                            const std::vector<std::int64_t>& fallback) const {
  if (const auto given = node.integers(attribute)) return *given;
  const Numbers* found = optional_input(index);
  return found != nullptr ? found->integers() : fallback;
}

Numbers fold_concat(const Folding& folding) {
  const Numbers& first = folding.input(0);
  const std::size_t axis = axis_of(folding.node.integer("axis", 0), first.dims.size());
  Extents dims = first.dims;
  dims[axis] = 0;
  std::size_t outer = 1;
  for (std::size_t a = 0; a < axis; ++a) outer *= static_cast<std::size_t>(dims[a]);
  for (std::size_t i = 0; i < folding.inputs.size(); ++i) {
    const Numbers& part = folding.input(i);
    Extents rest = part.dims;
    if (rest.size() == dims.size()) rest[axis] = dims[axis];
    if (rest != dims || part.is_float() != first.is_float()) {
      throw InputError("joins constants of different extents or types");
    }
    dims[axis] += part.dims[axis];
  }
  Numbers result{dims, first.values, first.type};
  std::visit(
      [&](auto& to) {
        to.clear();
        to.reserve(element_count(dims));
        for (std::size_t o = 0; o < outer; ++o) {
          for (const Numbers* part : folding.inputs) {
            const auto& from = std::get<std::decay_t<decltype(to)>>(part->values);
            const std::size_t run = outer == 0 ? 0 : from.size() / outer;
            const auto begin = from.begin() + static_cast<std::ptrdiff_t>(o * run);
            to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(run));
          }
        }
      },
      result.values);
  return result;
}

Numbers fold_expand(const Folding& folding) {
  const Numbers& source = folding.input(0);
  Extents dims = folding.input(1).integers();
  Extents own = source.dims;
  const std::size_t rank = std::max(dims.size(), own.size());
  dims.insert(dims.begin(), rank - dims.size(), 1);
  own.insert(own.begin(), rank - own.size(), 1);
  std::vector<std::size_t> strides = strides_of(own);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (own[axis] == 1) {
      strides[axis] = 0;
    } else if (dims[axis] == 1) {
      dims[axis] = own[axis];
    } else if (dims[axis] != own[axis]) {
      throw InputError(fmt::format("spreads an extent of {} to {}", own[axis], dims[axis]));
    }
  }
  return gathered(source, dims, [&](const Index& index) { return position(index, strides); });
}

Numbers fold_flatten(const Folding& folding) {
  const Numbers& source = folding.input(0);
  const auto rank = static_cast<std::int64_t>(source.dims.size());
  std::int64_t axis = folding.node.integer("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) throw InputError(fmt::format("attribute 'axis': is {}", axis));
  const Extents front(source.dims.begin(), source.dims.begin() + axis);
  const Extents back(source.dims.begin() + axis, source.dims.end());
  return with_dims(source, {static_cast<std::int64_t>(element_count(front)),
                            static_cast<std::int64_t>(element_count(back))});
}

Numbers fold_gather(const Folding& folding) {
  const Numbers& source = folding.input(0);
  const Numbers& places = folding.input(1);
  const std::size_t axis = axis_of(folding.node.integer("axis", 0), source.dims.size());
  const std::int64_t extent = source.dims[axis];
  std::vector<std::size_t> chosen;
  for (const std::int64_t place : places.integers()) {
    if (place < -extent || place >= extent) {
      throw InputError(fmt::format("takes element {} of {}", place, extent));
    }
    chosen.push_back(static_cast<std::size_t>(place < 0 ? place + extent : place));
  }
  const auto axis_step = static_cast<std::ptrdiff_t>(axis);
  Extents dims(source.dims.begin(), source.dims.begin() + axis_step);
  dims.insert(dims.end(), places.dims.begin(), places.dims.end());
  dims.insert(dims.end(), source.dims.begin() + axis_step + 1, source.dims.end());
  const std::vector<std::size_t> strides = strides_of(source.dims);
  const std::vector<std::size_t> place_strides = strides_of(places.dims);
  return gathered(source, dims, [&](const Index& index) {
    std::size_t place = 0;
    std::size_t at = 0;
    for (std::size_t a = 0; a < index.size(); ++a) {
      if (a < axis) {
        at += index[a] * strides[a];
      } else if (a < axis + place_strides.size()) {
        place += index[a] * place_strides[a - axis];
      } else {
        at += index[a] * strides[a - place_strides.size() + 1];
      }
    }
    return at + chosen[place] * strides[axis];
  });
}

Extents reshaped(const Extents& dims, const std::vector<std::int64_t>& target,
                 bool zero_is_an_extent) {
  const std::size_t count = element_count(dims);
  Extents result = target;
  std::ptrdiff_t open = -1;
  for (std::size_t axis = 0; axis < result.size(); ++axis) {
    if (result[axis] == 0 && !zero_is_an_extent) result[axis] = axis < dims.size() ? dims[axis] : 0;
    if (result[axis] != -1) continue;
    if (open >= 0) throw InputError("leaves two extents open");
    open = static_cast<std::ptrdiff_t>(axis);
    result[axis] = 1;
  }
  const std::size_t given = element_count(result);
  if (open >= 0 && given > 0) {
    result[static_cast<std::size_t>(open)] = static_cast<std::int64_t>(count / given);
  }
  if (element_count(result) != count) {
    throw InputError(
        fmt::format("reshapes [{}] to [{}]", fmt::join(dims, ", "), fmt::join(target, ", ")));
  }
  return result;
}

Numbers fold_reshape(const Folding& folding) {
  const Numbers& source = folding.input(0);
  const auto target = folding.integers("shape", 1, {});
  return with_dims(source,
                   reshaped(source.dims, target, folding.node.integer("allowzero", 0) != 0));
}

std::vector<SliceRange> slice_ranges(const Folding& folding, const Extents& dims) {
  const auto starts = folding.integers("starts", 1, {});
  const auto ends = folding.integers("ends", 2, {});
  std::vector<std::int64_t> all(starts.size());
  std::iota(all.begin(), all.end(), 0);
  const auto axes = folding.integers("axes", 3, all);
  const auto steps = folding.integers("steps", 4, std::vector<std::int64_t>(starts.size(), 1));
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    throw InputError(fmt::format("has {} starts, {} ends, {} axes and {} steps", starts.size(),
                                 ends.size(), axes.size(), steps.size()));
  }
  static_cast<void>(axes_of(axes, dims.size()));
  std::vector<SliceRange> ranges;
  for (const std::int64_t extent : dims) ranges.push_back({0, 1, extent});
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = axis_of(axes[i], dims.size());
    ranges[axis] = slice_range(starts[i], ends[i], steps[i], dims[axis]);
  }
  return ranges;
}

Numbers fold_slice(const Folding& folding) {
  const Numbers& source = folding.input(0);
  const auto ranges = slice_ranges(folding, source.dims);
  Extents dims;
  for (const SliceRange& range : ranges) dims.push_back(range.count);
  const std::vector<std::size_t> strides = strides_of(source.dims);
  return gathered(source, dims, [&](const Index& index) {
    std::size_t at = 0;
    for (std::size_t a = 0; a < index.size(); ++a) {
      const std::int64_t place =
          ranges[a].start + static_cast<std::int64_t>(index[a]) * ranges[a].step;
      at += static_cast<std::size_t>(place) * strides[a];
    }
    return at;
  });
}

Numbers fold_squeeze(const Folding& folding) {
  const Numbers& source = folding.input(0);
  std::vector<std::int64_t> ones;
  for (std::size_t a = 0; a < source.dims.size(); ++a) {
    if (source.dims[a] == 1) ones.push_back(static_cast<std::int64_t>(a));
  }
  const auto axes = axes_of(folding.integers("axes", 1, ones), source.dims.size());
  Extents dims = source.dims;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    if (dims[*axis] != 1) throw InputError(fmt::format("drops an extent of {}", dims[*axis]));
    dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(*axis));
  }
  return with_dims(source, std::move(dims));
}

Numbers fold_transpose(const Folding& folding) {
  const Numbers& source = folding.input(0);
  std::vector<std::int64_t> reversed(source.dims.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const auto order = folding.node.integers("perm").value_or(reversed);
  if (order.size() != source.dims.size()) throw InputError("attribute 'perm': has another rank");
  static_cast<void>(axes_of(order, source.dims.size()));
  const std::vector<std::size_t> strides = strides_of(source.dims);
  Extents dims;
  std::vector<std::size_t> moved;
  for (const std::int64_t axis : order) {
    dims.push_back(source.dims[axis_of(axis, source.dims.size())]);
    moved.push_back(strides[axis_of(axis, source.dims.size())]);
  }
  return gathered(source, dims, [&](const Index& index) { return position(index, moved); });
}

Numbers fold_unsqueeze(const Folding& folding) {
  const Numbers& source = folding.input(0);
  const auto given = folding.integers("axes", 1, {});
  Extents dims = source.dims;
  for (const std::size_t axis : axes_of(given, source.dims.size() + given.size())) {
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  }
  return with_dims(source, std::move(dims));
}

}  // namespace brownout::models::onnx_import
