// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/numbers.h"

#include <fmt/format.h>

#include <utility>

#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using onnx::TensorProto;

constexpr std::int64_t kMostElements = std::int64_t{1} << 28;

}  // namespace

std::size_t Numbers::size() const {
  return std::visit([](const auto& v) { return v.size(); }, values);
}

const std::vector<std::int64_t>& Numbers::integers() const {
  if (is_float()) throw InputError("found floats where integers are needed");
  return std::get<0>(values);
}

double Numbers::real(std::size_t index) const {
  return std::visit([&](const auto& v) { return static_cast<double>(v.at(index)); }, values);
}

std::size_t element_count(const Extents& dims) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || dim > kMostElements || count * dim > kMostElements) {
      throw InputError(
          fmt::format("has extents [{}], allowed are 0 or more and up to 2^28 elements",
                      fmt::join(dims, ", ")));
    }
    count *= dim;
  }
  return static_cast<std::size_t>(count);
}

void check_made(std::size_t count, std::size_t present) {
  constexpr std::size_t kMostMade = std::size_t{1} << 20;
  if (count > kMostMade && count > present) {
    throw InputError(fmt::format("makes a constant of {} elements, allowed are 2^20", count));
  }
}

Numbers vector_of(std::vector<std::int64_t> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  return {{size}, std::move(values), TensorProto::INT64};
}

Numbers read_numbers(const Constant& constant) {
  Numbers numbers;
  numbers.dims.assign(constant.dims.begin(), constant.dims.end());
  numbers.type = constant.type();
  if (constant.is_float()) {
    numbers.values = reals(constant);
    numbers.type = TensorProto::FLOAT;
  } else {
    numbers.values = wide_integers(constant);
  }
  return numbers;
}

TensorProto write_numbers(const Numbers& numbers, const std::string& name) {
  TensorProto proto;
  proto.set_name(name);
  proto.set_data_type(numbers.type);
  for (const std::int64_t dim : numbers.dims) proto.add_dims(dim);
  if (numbers.is_float()) {
    const auto& values = std::get<1>(numbers.values);
    proto.mutable_float_data()->Add(values.begin(), values.end());
  } else if (numbers.type == TensorProto::INT8 || numbers.type == TensorProto::UINT8) {
    std::string& bytes = *proto.mutable_raw_data();
    for (const std::int64_t value : numbers.integers()) bytes.push_back(static_cast<char>(value));
  } else if (numbers.type == TensorProto::INT64) {
    for (const std::int64_t value : numbers.integers()) proto.add_int64_data(value);
  } else {
    for (const std::int64_t value : numbers.integers()) {
      proto.add_int32_data(static_cast<std::int32_t>(value));
    }
  }
  return proto;
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) {
    throw InputError(fmt::format("axis {} of {} dimensions, allowed are {} to {}", axis, rank,
                                 -count, count - 1));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::vector<std::size_t> strides_of(const Extents& dims) {
  std::vector<std::size_t> strides(dims.size(), 1);
  for (std::size_t axis = dims.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * static_cast<std::size_t>(dims[axis]);
  }
  return strides;
}

}  // namespace brownout::models::onnx_import
