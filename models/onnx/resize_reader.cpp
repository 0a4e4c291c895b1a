// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/resize_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

/// Position in the input of the result's element `i` (ONNX, operator Resize,
/// coordinate_transformation_mode).
double original_position(const std::string& mode, const AxisResize& axis, std::int64_t i) {
  const auto x = static_cast<double>(i);
  if (mode == "asymmetric") return x / axis.scale;
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5) / axis.scale;
  if (mode == "align_corners") {
    return axis.to == 1 ? 0
                        : x * static_cast<double>(axis.from - 1) / static_cast<double>(axis.to - 1);
  }
  if (mode == "pytorch_half_pixel" && axis.to == 1) return 0;
  return (x + 0.5) / axis.scale - 0.5;
}

double rounded(const std::string& mode, double position) {
  if (mode == "floor") return std::floor(position);
  if (mode == "ceil") return std::ceil(position);
  if (mode == "round_prefer_ceil") return std::floor(position + 0.5);
  return std::ceil(position - 0.5);  // round_prefer_floor
}

void check_choice(const char* attribute, const std::string& value,
                  const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  throw InputError(fmt::format("attribute '{}': is '{}', allowed are {}", attribute, value,
                               fmt::join(allowed, ", ")));
}

std::vector<AxisResize> axes_by_scales(const std::vector<double>& scales, const Extents& dims) {
  std::vector<AxisResize> axes;
  if (scales.size() != dims.size()) {
    throw InputError(fmt::format("has {} scales, needs {}", scales.size(), dims.size()));
  }
  for (std::size_t a = 0; a < dims.size(); ++a) {
    const double extent = std::floor(static_cast<double>(dims[a]) * scales[a]);
    if (!(scales[a] > 0) || !(extent >= 1) || extent > static_cast<double>(kLongestAxis)) {
      throw InputError(fmt::format("scales {} elements by {}, allowed are 1 to 2^20 in the result",
                                   dims[a], scales[a]));
    }
    axes.push_back({dims[a], static_cast<std::int64_t>(extent), scales[a]});
  }
  return axes;
}

std::vector<AxisResize> axes_by_sizes(const std::vector<std::int64_t>& sizes, const Extents& dims) {
  std::vector<AxisResize> axes;
  if (sizes.size() != dims.size()) {
    throw InputError(fmt::format("has {} sizes, needs {}", sizes.size(), dims.size()));
  }
  for (std::size_t a = 0; a < dims.size(); ++a) {
    if (sizes[a] < 1 || sizes[a] > kLongestAxis) {
      throw InputError(fmt::format("resizes to {} elements, allowed are 1 to 2^20", sizes[a]));
    }
    axes.push_back(
        {dims[a], sizes[a], static_cast<double>(sizes[a]) / static_cast<double>(dims[a])});
  }
  return axes;
}

/// What older operator sets, and Upsample, do without saying so.
bool is_old(const Folding& folding) {
  return folding.node.op() == "Upsample" || folding.inputs.size() == 2;
}

}  // namespace

std::vector<AxisResize> read_resized_axes(const Folding& folding, const Extents& dims) {
  if (const auto scales = folding.node.reals("scales")) return axes_by_scales(*scales, dims);
  const Numbers* sizes = folding.optional_input(3);
  if (sizes != nullptr && sizes->size() > 0) return axes_by_sizes(sizes->integers(), dims);
  // Before operator set 11 the scales are the second input; the region of interest serves cropping.
  const Numbers& given = folding.input(folding.inputs.size() == 2 ? 1 : 2);
  std::vector<double> scales;
  for (std::size_t i = 0; i < given.size(); ++i) scales.push_back(given.real(i));
  return axes_by_scales(scales, dims);
}

std::vector<std::vector<int>> read_nearest(const Folding& folding, const Extents& dims) {
  check_choice("mode", folding.node.text("mode", "nearest"), {"nearest"});
  const std::string coordinate = folding.node.text("coordinate_transformation_mode",
                                                   is_old(folding) ? "asymmetric" : "half_pixel");
  const std::string rounding =
      folding.node.text("nearest_mode", is_old(folding) ? "floor" : "round_prefer_floor");
  check_choice(
      "coordinate_transformation_mode", coordinate,
      {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn"});
  check_choice("nearest_mode", rounding,
               {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
  std::vector<std::vector<int>> indices;
  for (const AxisResize& axis : read_resized_axes(folding, dims)) {
    std::vector<int>& own = indices.emplace_back();
    for (std::int64_t i = 0; i < axis.to; ++i) {
      const double at = rounded(rounding, original_position(coordinate, axis, i));
      own.push_back(static_cast<int>(std::clamp(at, 0.0, static_cast<double>(axis.from - 1))));
    }
  }
  return indices;
}

}  // namespace brownout::models::onnx_import
