// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/constant.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using onnx::TensorProto;

constexpr std::int64_t kMaxElements = std::int64_t{1} << 30;

std::string type_name(int type) {
  return TensorProto::DataType_IsValid(type)
             ? TensorProto::DataType_Name(static_cast<TensorProto::DataType>(type))
             : fmt::format("type {}", type);
}

[[noreturn]] void reject(const TensorProto& proto, const std::string& what) {
  throw InputError(fmt::format("constant '{}': {}", proto.name(), what));
}

std::size_t bytes_per_element(const TensorProto& proto) {
  switch (proto.data_type()) {
    case TensorProto::INT8:
    case TensorProto::UINT8:
    case TensorProto::BOOL:
      return 1;
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return 2;
    case TensorProto::FLOAT:
    case TensorProto::INT32:
      return 4;
    case TensorProto::DOUBLE:
    case TensorProto::INT64:
      return 8;
    default:
      reject(proto,
             fmt::format("is {}, allowed are FLOAT, FLOAT16, BFLOAT16, DOUBLE, INT8, UINT8, INT32, "
                         "INT64 and BOOL",
                         type_name(proto.data_type())));
  }
}

int typed_elements(const TensorProto& proto) {
  if (proto.data_type() == TensorProto::FLOAT) return proto.float_data_size();
  if (proto.data_type() == TensorProto::DOUBLE) return proto.double_data_size();
  if (proto.data_type() == TensorProto::INT64) return proto.int64_data_size();
  return proto.int32_data_size();
}

/// Raw data are little-endian by the ONNX specification, whatever the machine.
template <class Bits>
Bits raw_bits(const std::string& raw, int index) {
  Bits bits = 0;
  for (std::size_t b = 0; b < sizeof(Bits); ++b) {
    const auto byte =
        static_cast<unsigned char>(raw[static_cast<std::size_t>(index) * sizeof(Bits) + b]);
    bits = static_cast<Bits>(bits | static_cast<Bits>(static_cast<Bits>(byte) << (8 * b)));
  }
  return bits;
}

std::int64_t raw_integer(const TensorProto& proto, int index) {
  const std::string& raw = proto.raw_data();
  switch (proto.data_type()) {
    case TensorProto::INT8:
      return static_cast<std::int8_t>(raw_bits<std::uint8_t>(raw, index));
    case TensorProto::UINT8:
    case TensorProto::BOOL:
      return raw_bits<std::uint8_t>(raw, index);
    case TensorProto::INT32:
      return static_cast<std::int32_t>(raw_bits<std::uint32_t>(raw, index));
    default:
      return static_cast<std::int64_t>(raw_bits<std::uint64_t>(raw, index));
  }
}

std::int64_t typed_integer(const TensorProto& proto, int index) {
  return proto.data_type() == TensorProto::INT64 ? proto.int64_data(index)
                                                 : proto.int32_data(index);
}

bool fits(std::int64_t value, int type) {
  if (type == TensorProto::INT8) return value >= -128 && value <= 127;
  if (type == TensorProto::UINT8) return value >= 0 && value <= 255;
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

template <class Number, class Bits>
Number bit_cast(Bits bits) {
  static_assert(sizeof(Number) == sizeof(Bits), "same width");
  Number number;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

/// IEEE 754 half precision.
float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int fraction = bits & 0x3ff;
  const float sign = (bits & 0x8000U) != 0 ? -1.0F : 1.0F;
  if (exponent == 31) {
    return fraction == 0 ? sign * std::numeric_limits<float>::infinity()
                         : std::numeric_limits<float>::quiet_NaN();
  }
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
}

float from_brain_half(std::uint16_t bits) {
  return bit_cast<float>(static_cast<std::uint32_t>(std::uint32_t{bits} << 16U));
}

/// `decode` of the bits of each element; where they are not raw, they lie in int32_data.
template <class Bits, class Decode>
std::vector<float> decoded(const Constant& constant, Decode decode) {
  const TensorProto& proto = *constant.proto;
  std::vector<float> values(static_cast<std::size_t>(constant.elements));
  if (proto.has_raw_data()) {
    const std::string& raw = proto.raw_data();
    for (int i = 0; i < constant.elements; ++i) {
      values[static_cast<std::size_t>(i)] = decode(raw_bits<Bits>(raw, i));
    }
    return values;
  }
  std::transform(proto.int32_data().begin(), proto.int32_data().end(), values.begin(),
                 [&](std::int32_t bits) { return decode(static_cast<Bits>(bits)); });
  return values;
}

}  // namespace

Constant make_constant(const TensorProto& proto) {
  if (proto.data_location() == TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    reject(proto, "its data lie outside the file, which is not supported");
  }
  if (proto.has_segment()) reject(proto, "is stored in segments, which is not supported");
  const std::size_t width = bytes_per_element(proto);
  Constant constant;
  constant.proto = &proto;
  std::int64_t elements = 1;
  for (const std::int64_t dim : proto.dims()) {
    if (dim < 0 || dim > kMaxElements || elements * dim > kMaxElements) {
      reject(proto, fmt::format("has a dimension of {}, allowed are 0 to {} and as many elements",
                                dim, kMaxElements));
    }
    elements *= dim;
    constant.dims.push_back(static_cast<int>(dim));
  }
  constant.elements = static_cast<int>(elements);
  const std::size_t expected = static_cast<std::size_t>(elements) * width;
  if (proto.has_raw_data() && proto.raw_data().size() != expected) {
    reject(proto, fmt::format("holds {} bytes of raw data, its dimensions need {}",
                              proto.raw_data().size(), expected));
  }
  if (!proto.has_raw_data() && typed_elements(proto) != constant.elements) {
    reject(proto, fmt::format("holds {} values, its dimensions need {}", typed_elements(proto),
                              constant.elements));
  }
  return constant;
}

std::vector<std::int64_t> wide_integers(const Constant& constant) {
  const TensorProto& proto = *constant.proto;
  if (constant.is_float()) {
    reject(proto, fmt::format("is {} where integers are needed", type_name(proto.data_type())));
  }
  std::vector<std::int64_t> values;
  values.reserve(static_cast<std::size_t>(constant.elements));
  for (int i = 0; i < constant.elements; ++i) {
    values.push_back(proto.has_raw_data() ? raw_integer(proto, i) : typed_integer(proto, i));
  }
  return values;
}

std::vector<std::int32_t> integers(const Constant& constant) {
  std::vector<std::int32_t> values;
  for (const std::int64_t value : wide_integers(constant)) {
    if (!fits(value, constant.type())) {
      reject(*constant.proto,
             fmt::format("holds {}, which {} does not", value, type_name(constant.type())));
    }
    values.push_back(static_cast<std::int32_t>(value));
  }
  return values;
}

std::vector<std::int8_t> signed_codes(const Constant& constant) {
  const TensorProto& proto = *constant.proto;
  const bool is_signed = proto.data_type() == TensorProto::INT8;
  if (!is_signed && proto.data_type() != TensorProto::UINT8) {
    reject(proto, fmt::format("is {} where INT8 or UINT8 is needed", type_name(proto.data_type())));
  }
  const int shift = is_signed ? 0 : 128;
  std::vector<std::int8_t> codes(static_cast<std::size_t>(constant.elements));
  if (proto.has_raw_data()) {
    const std::string& raw = proto.raw_data();
    std::transform(raw.begin(), raw.end(), codes.begin(), [&](char byte) {
      return static_cast<std::int8_t>(static_cast<unsigned char>(byte) - shift);
    });
    return codes;
  }
  const std::vector<std::int32_t> values = integers(constant);
  std::transform(values.begin(), values.end(), codes.begin(),
                 [&](std::int32_t value) { return static_cast<std::int8_t>(value - shift); });
  return codes;
}

std::vector<float> reals(const Constant& constant) {
  const TensorProto& proto = *constant.proto;
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      if (!proto.has_raw_data()) return {proto.float_data().begin(), proto.float_data().end()};
      return decoded<std::uint32_t>(constant, bit_cast<float, std::uint32_t>);
    case TensorProto::FLOAT16:
      return decoded<std::uint16_t>(constant, from_half);
    case TensorProto::BFLOAT16:
      return decoded<std::uint16_t>(constant, from_brain_half);
    case TensorProto::DOUBLE:
      if (!proto.has_raw_data()) return {proto.double_data().begin(), proto.double_data().end()};
      return decoded<std::uint64_t>(
          constant, [](std::uint64_t bits) { return static_cast<float>(bit_cast<double>(bits)); });
    default:
      reject(proto, fmt::format("is {} where FLOAT is needed", type_name(proto.data_type())));
  }
}

}  // namespace brownout::models::onnx_import
