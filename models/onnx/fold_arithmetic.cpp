// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "models/onnx/fold.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

using onnx::TensorProto;
using Index = std::vector<std::size_t>;

/// Extents of two broadcast operands.
Extents broadcast(Extents a, Extents b) {
  if (a.size() < b.size()) std::swap(a, b);
  b.insert(b.begin(), a.size() - b.size(), 1);
  for (std::size_t axis = 0; axis < a.size(); ++axis) {
    if (a[axis] == 1) a[axis] = b[axis];
    if (b[axis] != 1 && b[axis] != a[axis]) {
      throw InputError(fmt::format("broadcasts {} to {}", b[axis], a[axis]));
    }
  }
  return a;
}

Numbers spread(const Numbers& source, const Extents& dims) {
  Extents own = source.dims;
  own.insert(own.begin(), dims.size() - own.size(), 1);
  std::vector<std::size_t> strides = strides_of(own);
  for (std::size_t axis = 0; axis < own.size(); ++axis) {
    if (own[axis] == 1) strides[axis] = 0;
  }
  return gathered(source, dims, [&](const Index& index) {
    return std::inner_product(index.begin(), index.end(), strides.begin(), std::size_t{0});
  });
}

/// Integers wrap in 64 bits instead of overflowing.
template <class Operation>
std::int64_t wrapped(std::int64_t a, std::int64_t b, Operation operation) {
  return static_cast<std::int64_t>(
      operation(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

struct Plus {
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return wrapped(a, b, [](auto x, auto y) { return x + y; });
  }
  float operator()(float a, float b) const { return a + b; }
};
struct Minus {
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return wrapped(a, b, [](auto x, auto y) { return x - y; });
  }
  float operator()(float a, float b) const { return a - b; }
};
struct Times {
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return wrapped(a, b, [](auto x, auto y) { return x * y; });
  }
  float operator()(float a, float b) const { return a * b; }
};
struct Over {
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    if (b == 0) throw InputError("divides by zero");
    return b == -1 ? Minus{}(0, a) : a / b;
  }
  float operator()(float a, float b) const { return a / b; }
};
struct Least {
  template <class T>
  T operator()(T a, T b) const {
    return std::min(a, b);
  }
};
struct Greatest {
  template <class T>
  T operator()(T a, T b) const {
    return std::max(a, b);
  }
};

template <class Operation>
Numbers combined(const Numbers& a, const Numbers& b) {
  const Extents dims = broadcast(a.dims, b.dims);
  Numbers result = spread(a, dims);
  const Numbers other = spread(b, dims);
  if (result.is_float() != other.is_float()) throw InputError("mixes integers and floats");
  std::visit(
      [&](auto& values) {
        const auto& operands = std::get<std::decay_t<decltype(values)>>(other.values);
        std::transform(values.begin(), values.end(), operands.begin(), values.begin(), Operation{});
      },
      result.values);
  return result;
}

/// Of two operands, or of as many as Min and Max have.
template <class Operation>
Numbers fold_binary(const Folding& folding) {
  Numbers result = folding.input(0);
  for (std::size_t i = 1; i < folding.inputs.size(); ++i) {
    result = combined<Operation>(result, folding.input(i));
  }
  return result;
}

}  // namespace

Numbers fold_equal(const Folding& folding) {
  const Extents dims = broadcast(folding.input(0).dims, folding.input(1).dims);
  const Numbers a = spread(folding.input(0), dims);
  const Numbers b = spread(folding.input(1), dims);
  if (a.is_float() != b.is_float()) throw InputError("mixes integers and floats");
  std::vector<std::int64_t> equal;
  for (std::size_t i = 0; i < a.size(); ++i) {
    equal.push_back(a.is_float() ? a.real(i) == b.real(i) : a.integers()[i] == b.integers()[i]);
  }
  return {dims, std::move(equal), TensorProto::BOOL};
}

Numbers fold_where(const Folding& folding) {
  const Extents dims =
      broadcast(broadcast(folding.input(0).dims, folding.input(1).dims), folding.input(2).dims);
  const Numbers condition = spread(folding.input(0), dims);
  Numbers result = spread(folding.input(1), dims);
  const Numbers other = spread(folding.input(2), dims);
  if (result.is_float() != other.is_float()) throw InputError("mixes integers and floats");
  std::visit(
      [&](auto& values) {
        const auto& operands = std::get<std::decay_t<decltype(values)>>(other.values);
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (condition.integers()[i] == 0) values[i] = operands[i];
        }
      },
      result.values);
  return result;
}

Numbers fold_add(const Folding& folding) { return fold_binary<Plus>(folding); }
Numbers fold_sub(const Folding& folding) { return fold_binary<Minus>(folding); }
Numbers fold_mul(const Folding& folding) { return fold_binary<Times>(folding); }
Numbers fold_div(const Folding& folding) { return fold_binary<Over>(folding); }
Numbers fold_min(const Folding& folding) { return fold_binary<Least>(folding); }
Numbers fold_max(const Folding& folding) { return fold_binary<Greatest>(folding); }

Numbers fold_negative(const Folding& folding) {
  Numbers result = folding.input(0);
  std::visit(
      [](auto& values) {
        for (auto& value : values) value = Minus{}(std::decay_t<decltype(value)>{0}, value);
      },
      result.values);
  return result;
}

}  // namespace brownout::models::onnx_import
