// SPDX-License-Identifier: Apache-2.0
// Makers of constants, functions of one number, and the table of everything that folds.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/onnx/fold.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using onnx::TensorProto;
using Index = std::vector<std::size_t>;

/// `value` with `digits` binary digits and no bit below `lowest`, as narrow floats have; halves to
/// even, infinity beyond `largest`.
struct FloatFormat {
  int digits;
  int lowest;
  double largest;
};
constexpr FloatFormat kHalf{11, -24, 65504.0};
constexpr FloatFormat kBrainHalf{8, -133, 0x1.fep127};

float rounded_to(const FloatFormat& format, float value) {
  if (!std::isfinite(value) || value == 0) return value;
  int exponent = 0;
  static_cast<void>(std::frexp(value, &exponent));
  const int last = std::max(exponent - format.digits, format.lowest);
  const double real = static_cast<double>(value);
  const double result = std::ldexp(std::nearbyint(std::ldexp(real, -last)), last);
  if (std::fabs(result) > format.largest) {
    return std::copysign(std::numeric_limits<float>::infinity(), value);
  }
  return static_cast<float>(result);
}

float rounded_to(int type, float value) {
  if (type == TensorProto::FLOAT16) return rounded_to(kHalf, value);
  return type == TensorProto::BFLOAT16 ? rounded_to(kBrainHalf, value) : value;
}

Numbers fold_cast(const Folding& folding) {
  Numbers result = folding.input(0);
  const auto to = static_cast<int>(folding.node.integer("to", 0));
  const bool to_float = to == TensorProto::FLOAT || to == TensorProto::DOUBLE ||
                        to == TensorProto::FLOAT16 || to == TensorProto::BFLOAT16;
  if (!to_float && to != TensorProto::INT64 && to != TensorProto::INT32 &&
      to != TensorProto::BOOL) {
    throw InputError(
        fmt::format("attribute 'to': is {}, allowed are floats, INT32, INT64 and BOOL",
                    TensorProto::DataType_IsValid(to)
                        ? TensorProto::DataType_Name(static_cast<TensorProto::DataType>(to))
                        : std::to_string(to)));
  }
  const std::size_t count = result.size();
  if (to_float) {
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(rounded_to(to, static_cast<float>(result.real(i))));
    }
    result.values = std::move(values);
    result.type = TensorProto::FLOAT;
    return result;
  }
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    const double real = result.real(i);
    if (!(std::fabs(real) < 0x1p63) && result.is_float()) {
      throw InputError(fmt::format("makes an integer of {}", real));
    }
    const std::int64_t value =
        result.is_float() ? static_cast<std::int64_t>(real) : result.integers()[i];
    values.push_back(to == TensorProto::BOOL ? value != 0 : value);
  }
  result.values = std::move(values);
  result.type = to;
  return result;
}

Numbers fold_constant_of_shape(const Folding& folding) {
  const Extents dims = folding.input(0).integers();
  const std::size_t count = element_count(dims);
  check_made(count, 0);
  if (const TensorProto* value = folding.node.tensor("value")) {
    const Numbers one = read_numbers(make_constant(*value));
    if (one.size() != 1) throw InputError("attribute 'value': needs one element");
    return gathered(one, dims, [](const Index&) { return std::size_t{0}; });
  }
  return {dims, std::vector<float>(count, 0.0F), TensorProto::FLOAT};
}

Numbers fold_range(const Folding& folding) {
  const auto number = [&](std::size_t i) {
    const auto& values = folding.input(i).integers();
    if (values.size() != 1) throw InputError("needs single numbers");
    return values.front();
  };
  const std::int64_t start = number(0);
  const std::int64_t limit = number(1);
  const std::int64_t delta = number(2);
  if (delta == 0) throw InputError("has a step of 0");
  const double count = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                                 static_cast<double>(delta));
  check_made(static_cast<std::size_t>(std::clamp(count, 0.0, 1e18)), 0);
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(count); ++i) {
    values.push_back(start + i * delta);
  }
  return vector_of(std::move(values));
}

template <class Function>
Numbers mapped(Numbers source, Function function) {
  if (!source.is_float()) return source;
  for (float& value : std::get<1>(source.values)) value = function(value);
  return source;
}

Numbers fold_floor(const Folding& folding) {
  return mapped(folding.input(0), [](float v) { return std::floor(v); });
}
Numbers fold_ceil(const Folding& folding) {
  return mapped(folding.input(0), [](float v) { return std::ceil(v); });
}
Numbers fold_sqrt(const Folding& folding) {
  if (!folding.input(0).is_float()) throw InputError("takes the root of integers");
  return mapped(folding.input(0), [](float v) { return std::sqrt(v); });
}

Numbers fold_identity(const Folding& folding) { return folding.input(0); }

Numbers fold_shape(const Folding& folding) {
  const Extents& dims = folding.input(0).dims;
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto bound = [&](const char* attribute, std::int64_t fallback) {
    const std::int64_t given = folding.node.integer(attribute, fallback);
    return std::clamp<std::int64_t>(given < 0 ? given + rank : given, 0, rank);
  };
  const std::int64_t start = bound("start", 0);
  const std::int64_t end = std::max(start, bound("end", rank));
  return vector_of({dims.begin() + start, dims.begin() + end});
}

Numbers fold_size(const Folding& folding) {
  return {{},
          std::vector<std::int64_t>{static_cast<std::int64_t>(folding.input(0).size())},
          TensorProto::INT64};
}

struct Rule {
  const char* op;
  Fold fold;
};

constexpr Rule kRules[] = {
    {"Add", fold_add},
    {"Cast", fold_cast},
    {"Ceil", fold_ceil},
    {"Concat", fold_concat},
    {"ConstantOfShape", fold_constant_of_shape},
    {"Div", fold_div},
    {"Equal", fold_equal},
    {"Expand", fold_expand},
    {"Flatten", fold_flatten},
    {"Floor", fold_floor},
    {"Gather", fold_gather},
    {"Identity", fold_identity},
    {"Max", fold_max},
    {"Min", fold_min},
    {"Mul", fold_mul},
    {"Neg", fold_negative},
    {"Range", fold_range},
    {"Reshape", fold_reshape},
    {"Shape", fold_shape},
    {"Size", fold_size},
    {"Slice", fold_slice},
    {"Sqrt", fold_sqrt},
    {"Squeeze", fold_squeeze},
    {"Sub", fold_sub},
    {"Transpose", fold_transpose},
    {"Unsqueeze", fold_unsqueeze},
    {"Where", fold_where},
};

}  // namespace

Fold find_fold(const std::string& op) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const Rule& rule) { return op == rule.op; });
  return found != std::end(kRules) ? found->fold : nullptr;
}

}  // namespace brownout::models::onnx_import
