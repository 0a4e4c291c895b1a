// SPDX-License-Identifier: Apache-2.0
// What decoders need beside convolutions: concatenation, nearest-neighbour upsampling, and
// functions of one number, which become tables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/onnx/operators.h"
#include "models/onnx/scales.h"
#include "models/requantize.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const ActivationValue& activation_at(const Context& context, int input) {
  const Value& value = context.value(input);
  if (const auto* activation = std::get_if<ActivationValue>(&value)) return *activation;
  throw InputError(fmt::format("input '{}' is {}, only a quantised activation is supported",
                               context.node().input(input), describe(value)));
}

void check_concat_axis(const Context& context, bool vectors) {
  const std::int64_t axis = context.node().integer("axis", 0);
  if (axis == 1 || axis == (vectors ? -1 : -3)) return;
  throw InputError(fmt::format("attribute 'axis': is {}, only 1 (channels) is supported", axis));
}

/// Codes of one meaning side by side: no number changes.
void concat_codes(const Context& context, const std::vector<ActivationValue>& parts, Node node) {
  GraphBuilder& builder = context.builder();
  const Tensor& first = builder.tensor(node.inputs.front());
  for (const ActivationValue& part : parts) {
    const Tensor& tensor = builder.tensor(part.tensor);
    if (part.type != parts.front().type || tensor.scale != first.scale ||
        tensor.zero_point != first.zero_point) {
      throw InputError(
          fmt::format("joins the codes of '{}' and '{}', which have different scales or zero "
                      "points; dequantise them first",
                      first.name, tensor.name));
    }
  }
  if (first.scale.empty()) {
    throw InputError("reads the 8-bit network input before any operator says its scale");
  }
  node.operation = make_concat(std::vector<double>(parts.size(), first.scale.front()),
                               first.scale.front(), {first.zero_point, 0, 255});
  ActivationValue result = parts.front();
  result.flattened = false;
  result.tensor = builder.add_same_coding(std::move(node), context.output());
  context.define(result);
}

/// Factors of a Resize or Upsample along height and width, from its scales or its sizes.
Upsample read_factors(const std::vector<double>& scales) {
  const auto whole = [](double scale) { return scale >= 1 && scale == std::floor(scale); };
  if (scales.size() != 4 || scales[0] != 1 || scales[1] != 1 || !whole(scales[2]) ||
      !whole(scales[3]) || std::max(scales[2], scales[3]) > std::numeric_limits<int>::max()) {
    throw InputError(
        fmt::format("scales by [{}], only [1, 1, height, width] with whole factors "
                    "are supported",
                    fmt::join(scales, ", ")));
  }
  return {static_cast<int>(scales[2]), static_cast<int>(scales[3])};
}

std::vector<double> constant_scales(const Constant& constant) {
  const std::vector<float> values = reals(constant);
  return {values.begin(), values.end()};
}

/// `sizes` [batch, channels, height, width] as scales.
std::vector<double> scales_of_sizes(const Constant& constant, const Shape& input) {
  const std::vector<std::int32_t> sizes = integers(constant);
  if (sizes.size() != 4 || sizes[0] != 1 || sizes[1] != input.channels) {
    throw InputError(fmt::format("resizes to [{}], only [1, {}, height, width] is supported",
                                 fmt::join(sizes, ", "), input.channels));
  }
  return {1, 1, static_cast<double>(sizes[2]) / input.height,
          static_cast<double>(sizes[3]) / input.width};
}

/// Throws unless whole factors repeat every pixel that often, whatever the factor.
void check_nearest(const NodeView& node) {
  const std::string mode = node.text("mode", "nearest");
  if (mode != "nearest") {
    throw InputError(fmt::format("attribute 'mode': is '{}', only 'nearest' is supported", mode));
  }
  const std::string coordinate = node.text("coordinate_transformation_mode", "half_pixel");
  const std::string rounding = node.text("nearest_mode", "round_prefer_floor");
  const bool rounds = rounding == "round_prefer_floor" || rounding == "round_prefer_ceil";
  const bool centred = coordinate == "half_pixel" || coordinate == "pytorch_half_pixel";
  const bool floored = coordinate == "asymmetric" || coordinate == "tf_half_pixel_for_nn";
  if (!(centred && rounds) && !(floored && rounding == "floor")) {
    throw InputError(
        fmt::format("attributes 'coordinate_transformation_mode' and 'nearest_mode': are '{}' and "
                    "'{}', only half_pixel with round_prefer_floor and asymmetric with floor are "
                    "supported (each pixel repeated)",
                    coordinate, rounding));
  }
}

void define_upsample(const Context& context, const Upsample& upsample) {
  ActivationValue output = activation_at(context, 0);
  if (output.flattened) throw InputError("input is a vector, not an image");
  output.tensor = context.builder().add_same_coding(
      {context.node().name(), upsample, {output.tensor}, {}}, context.output());
  output.unnamed = output.real;
  context.define(output);
}

}  // namespace

void import_concat(const Context& context) {
  std::vector<ActivationValue> parts;
  const int inputs = context.node().proto().input_size();
  parts.reserve(static_cast<std::size_t>(inputs));
  for (int i = 0; i < inputs; ++i) {
    parts.push_back(activation_at(context, i));
  }
  if (parts.empty()) throw InputError("has no inputs");
  const auto count = [&](auto what) {
    return static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), what));
  };
  const std::size_t real = count([](const ActivationValue& v) { return v.real; });
  const std::size_t vectors = count([](const ActivationValue& v) { return v.flattened; });
  if ((real != 0 && real != parts.size()) || (vectors != 0 && vectors != parts.size())) {
    throw InputError("joins codes and dequantised values, or vectors and images");
  }
  check_concat_axis(context, vectors > 0);
  if (parts.size() == 1) {
    context.define(parts.front());
    return;
  }
  PendingOperation operation;
  operation.node = {context.node().name(), Concat{}, {}, {}};
  for (const ActivationValue& part : parts) {
    operation.node.inputs.push_back(context.builder().materialized(part));
  }
  if (real == 0) {
    concat_codes(context, parts, std::move(operation.node));
    return;
  }
  operation.is_vector = vectors > 0;
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_resize(const Context& context) {
  check_nearest(context.node());
  const Shape& input = context.builder().shape(activation_at(context, 0));
  if (context.has(3)) {
    define_upsample(context, read_factors(scales_of_sizes(context.constant(3), input)));
    return;
  }
  // Before opset 11 the scales are the second input; the region of interest serves cropping only.
  const int scales = context.node().proto().input_size() == 2 ? 1 : 2;
  define_upsample(context, read_factors(constant_scales(context.constant(scales))));
}

void import_upsample(const Context& context) {
  check_nearest(context.node());
  const auto attribute = context.node().reals("scales");
  define_upsample(context,
                  read_factors(attribute ? *attribute : constant_scales(context.constant(1))));
}

void define_table(const Context& context, std::function<double(double)> function, double lowest,
                  double highest) {
  const ActivationValue& input = context.real_activation(0);
  PendingOperation operation;
  operation.node = {context.node().name(), Table{}, {context.builder().materialized(input)}, {}};
  operation.is_vector = input.flattened;
  operation.function = std::move(function);
  operation.lowest = lowest;
  operation.highest = highest;
  context.define(context.builder().add_pending(std::move(operation)));
}

void import_tanh(const Context& context) {
  define_table(
      context, [](double x) { return std::tanh(x); }, -kInfinity, kInfinity);
}

void import_sigmoid(const Context& context) {
  define_table(context, sigmoid, -kInfinity, kInfinity);
}

void import_leaky_relu(const Context& context) {
  const double alpha = context.node().real("alpha", 0.01);
  define_table(
      context, [alpha](double x) { return x < 0 ? alpha * x : x; }, -kInfinity, kInfinity);
}

}  // namespace brownout::models::onnx_import
