// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/coding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "models/onnx/transposed_matrix.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using onnx::TensorProto;

/// Tools compute a bias scale in float32, or as a rounded product; larger differences are meant.
constexpr double kSameScale = 1e-5;

double entry(const std::vector<double>& scale, std::size_t index) {
  return scale.size() == 1 ? scale.front() : scale.at(index);
}

std::int32_t to_bias(double steps, std::size_t channel) {
  const double rounded = std::nearbyint(steps);
  if (!(std::fabs(rounded) <= std::numeric_limits<std::int32_t>::max())) {
    throw InputError(
        fmt::format("the bias of channel {} is {} accumulator steps, int32 holds up to {}", channel,
                    rounded, std::numeric_limits<std::int32_t>::max()));
  }
  return static_cast<std::int32_t>(rounded);
}

void check_bias_length(int found, int channels) {
  if (found != channels) {
    throw InputError(
        fmt::format("the bias has {} entries, the layer has {} outputs", found, channels));
  }
}

/// Codes of a symmetric float constant by ONNX's QuantizeLinear, which divides in float32.
std::vector<std::int8_t> quantize(const CodedConstant& constant, std::size_t channel_axis) {
  const std::vector<float> values = reals(constant.source);
  const std::vector<int>& dims = constant.source.dims;
  std::size_t run = 1;  // elements in a row of one channel
  for (std::size_t d = channel_axis + 1; d < dims.size(); ++d) {
    run *= static_cast<std::size_t>(dims[d]);
  }
  const auto channels = static_cast<std::size_t>(dims.at(channel_axis));
  std::vector<std::int8_t> codes(values.size());
  for (std::size_t begin = 0; begin < values.size(); begin += run) {
    const auto scale = static_cast<float>(entry(constant.coding.scale, begin / run % channels));
    for (std::size_t i = begin; i < begin + run; ++i) {
      const float code = std::nearbyint(values[i] / scale);
      if (std::isnan(code)) throw InputError("a weight is not a number");
      codes[i] = static_cast<std::int8_t>(std::clamp(code, -128.0F, 127.0F));
    }
  }
  return codes;
}

}  // namespace

Coding read_coding(const Constant& scale, const std::optional<Constant>& zero_point, int type) {
  Coding coding;
  coding.type = zero_point ? zero_point->type() : type;
  const std::vector<float> scales = reals(scale);
  coding.scale.assign(scales.begin(), scales.end());
  if (scales.empty() || scale.dims.size() > 1) {
    throw InputError(
        fmt::format("scale '{}': has {} entries in {} dimensions, allowed is a number or a "
                    "list",
                    scale.proto->name(), scales.size(), scale.dims.size()));
  }
  for (const double s : coding.scale) {
    if (!std::isfinite(s) || s <= 0) {
      throw InputError(fmt::format("scale '{}': holds {}, allowed are positive numbers",
                                   scale.proto->name(), s));
    }
  }
  if (!zero_point) return coding;
  const std::vector<std::int32_t> zeros = integers(*zero_point);
  if (zeros.size() != scales.size() && zeros.size() != 1) {
    throw InputError(fmt::format("zero point '{}': has {} entries, its scale has {}",
                                 zero_point->proto->name(), zeros.size(), scales.size()));
  }
  coding.zero_point = zeros.front();
  if (std::any_of(zeros.begin(), zeros.end(), [&](int z) { return z != zeros.front(); })) {
    throw InputError(
        fmt::format("zero point '{}': differs between channels, which is not supported",
                    zero_point->proto->name()));
  }
  return coding;
}

Weights read_weights(const CodedConstant& constant, int rank, int channel_axis) {
  const Constant& source = constant.source;
  const Coding& coding = constant.coding;
  const std::string& name = source.proto->name();
  if (source.dims.size() != static_cast<std::size_t>(rank)) {
    throw InputError(fmt::format("weights '{}': have {} dimensions, only {} are supported here",
                                 name, source.dims.size(), rank));
  }
  if (source.elements < 1) throw InputError(fmt::format("weights '{}': are empty", name));
  if (coding.type != TensorProto::INT8 && coding.type != TensorProto::UINT8) {
    throw InputError(fmt::format("weights '{}': only 8-bit weights are supported", name));
  }
  if (coding.zero_point + coding.shift() != 128) {
    throw InputError(
        fmt::format("weights '{}': zero point {}, only symmetric weights are supported "
                    "(0 for int8, 128 for uint8)",
                    name, coding.zero_point));
  }
  if (coding.scale.size() > 1) {
    const int axis = constant.axis < 0 ? constant.axis + rank : constant.axis;
    const int channels = source.dims.at(static_cast<std::size_t>(channel_axis));
    if (axis != channel_axis || coding.scale.size() != static_cast<std::size_t>(channels)) {
      throw InputError(
          fmt::format("weights '{}': {} scales along axis {}, allowed are one, or {} along "
                      "axis {} (output channels)",
                      name, coding.scale.size(), axis, channels, channel_axis));
    }
  }
  if (!source.is_float()) {
    if (source.type() != coding.type) {
      throw InputError(fmt::format("weights '{}': are codes of another type", name));
    }
    return {source.dims, signed_codes(source), coding.scale};
  }
  return {source.dims, quantize(constant, static_cast<std::size_t>(channel_axis)), coding.scale};
}

Weights transposed(const Weights& matrix) {
  const auto inputs = static_cast<std::size_t>(matrix.dims.at(0));
  const auto outputs = static_cast<std::size_t>(matrix.dims.at(1));
  return {{matrix.dims[1], matrix.dims[0]},
          transposed_matrix(matrix.codes, inputs, outputs),
          matrix.scale};
}

std::vector<std::int32_t> read_bias(const CodedConstant& constant, const std::vector<double>& scale,
                                    int channels) {
  const Coding& coding = constant.coding;
  if (constant.source.is_float()) return read_bias(constant.source, scale, channels);
  check_bias_length(constant.source.elements, channels);
  const bool per_channel = coding.scale.size() == static_cast<std::size_t>(channels);
  if (!per_channel && coding.scale.size() != 1) {
    throw InputError(
        fmt::format("the bias has {} scales, allowed are 1 or {}", coding.scale.size(), channels));
  }
  std::vector<std::int32_t> codes = integers(constant.source);
  for (std::size_t c = 0; c < codes.size(); ++c) {
    const double from = entry(coding.scale, c);
    const double to = entry(scale, c);
    const bool same = std::fabs(from - to) <= kSameScale * to && coding.zero_point == 0;
    const double steps = static_cast<double>(codes[c]) - coding.zero_point;
    if (!same) codes[c] = to_bias(steps * from / to, c);
  }
  return codes;
}

std::vector<std::int32_t> read_bias(const Constant& constant, const std::vector<double>& scale,
                                    int channels) {
  check_bias_length(constant.elements, channels);
  const std::vector<float> values = reals(constant);
  std::vector<std::int32_t> codes;
  codes.reserve(values.size());
  for (std::size_t c = 0; c < values.size(); ++c) {
    codes.push_back(to_bias(static_cast<double>(values[c]) / entry(scale, c), c));
  }
  return codes;
}

int code_of(double real, double scale, int zero_point) {
  return static_cast<int>(std::clamp(std::nearbyint(real / scale) + zero_point, 0.0, 255.0));
}

}  // namespace brownout::models::onnx_import
