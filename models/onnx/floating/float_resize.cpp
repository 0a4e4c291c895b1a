// SPDX-License-Identifier: Apache-2.0
// Resize and Upsample: nearest by moving elements, bilinear as a layer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/onnx/floating/float_operators.h"
#include "models/onnx/resize_reader.h"
#include "models/rearrange.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

/// One axis of a bilinear layer. Output o lies at (o + 1/2) / f - 1/2 of the input (half_pixel), so
/// over the input with its ends repeated and f - 1 zeros between its elements, output o sums taps
/// 1 - |t - pad - 1/2 - f/2| / f of a triangle.
struct LinearAxis {
  int factor = 1;
  int pad = 0;  ///< at both ends; negative crops
  std::vector<double> taps;
};

LinearAxis linear_axis(int factor) {
  LinearAxis axis{factor, factor % 2 == 0 ? factor / 2 - 1 : (factor - 3) / 2, {}};
  const int taps = factor % 2 == 0 ? 2 * factor : 2 * factor - 1;
  const double middle = axis.pad + 0.5 + factor / 2.0;
  for (int t = 0; t < taps; ++t) axis.taps.push_back(1 - std::fabs(t - middle) / factor);
  return axis;
}

/// The indices with both ends repeated once.
std::vector<int> with_ends(int extent) {
  std::vector<int> indices = every(extent);
  indices.insert(indices.begin(), 0);
  indices.push_back(extent - 1);
  return indices;
}

int whole_factor(const AxisResize& axis) {
  if (axis.to % axis.from == 0 && axis.to >= axis.from) {
    return static_cast<int>(axis.to / axis.from);
  }
  throw InputError(fmt::format("resizes {} elements to {} linearly; supported are whole factors",
                               axis.from, axis.to));
}

FloatConv bilinear(int channels, const LinearAxis& rows, const LinearAxis& columns) {
  constexpr std::size_t kMostWeights = std::size_t{1} << 22U;
  const std::size_t weights =
      static_cast<std::size_t>(channels) * rows.taps.size() * columns.taps.size();
  if (weights > kMostWeights) {
    throw InputError(
        fmt::format("takes {} interpolation weights, allowed are up to 2^22", weights));
  }
  FloatConv conv;
  conv.weights.reserve(weights);
  conv.outputs = conv.groups = channels;
  Window& w = conv.window;
  w.kernel_h = static_cast<int>(rows.taps.size());
  w.kernel_w = static_cast<int>(columns.taps.size());
  w.spread_h = rows.factor;
  w.spread_w = columns.factor;
  w.pad_top = w.pad_bottom = rows.pad;
  w.pad_left = w.pad_right = columns.pad;
  for (int c = 0; c < channels; ++c) {
    for (const double row : rows.taps) {
      for (const double column : columns.taps) {
        conv.weights.push_back(static_cast<float>(row * column));
      }
    }
  }
  return conv;
}

void resize_linearly(const FloatContext& context, const std::vector<AxisResize>& axes) {
  const std::string mode =
      context.node().text("coordinate_transformation_mode",
                          context.node().op() == "Upsample" ? "asymmetric" : "half_pixel");
  if (mode != "half_pixel" && mode != "pytorch_half_pixel") {
    throw InputError(fmt::format(
        "attribute 'coordinate_transformation_mode': is '{}', supported with linear are half_pixel "
        "and pytorch_half_pixel",
        mode));
  }
  if (axes.size() != 4 || axes[0].from != axes[0].to || axes[1].from != axes[1].to) {
    throw InputError("resizes batch or channels linearly; supported are height and width");
  }
  const LinearAxis rows = linear_axis(whole_factor(axes[2]));
  const LinearAxis columns = linear_axis(whole_factor(axes[3]));
  const std::size_t tensor = context.image(0);
  if (rows.factor == 1 && columns.factor == 1) {
    return context.define(FloatValue(context.activation(0)));
  }
  FloatBuilder& builder = context.builder();
  const Shape shape = builder.shape(tensor);
  Rearrange ends{with_ends(shape.height), with_ends(shape.width), every(shape.channels)};
  const FloatView framed = builder.add({context.name() + "/ends", std::move(ends), {tensor}});
  context.define(
      builder.add({context.name(), bilinear(shape.channels, rows, columns), {framed.tensor}}));
}

}  // namespace

void float_resize(const FloatContext& context) {
  const std::string mode = context.node().text("mode", "nearest");
  if (mode != "linear" && mode != "bilinear") return float_rearrange(context);
  const Constants constants(context);
  resize_linearly(context, read_resized_axes({context.node(), constants.operands()},
                                             context.activation(0).dims));
}

}  // namespace brownout::models::onnx_import
