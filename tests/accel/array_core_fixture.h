// SPDX-License-Identifier: Apache-2.0
// Random folds for the array cores, their product by definition, and feeding them at their times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "accel/array_core.h"

namespace brownout::accel {

/// A fold with its operands as bytes: left [vectors][depth], top [depth][columns].
struct TestFold {
  CoreFold fold;
  std::vector<std::uint8_t> left, top;
  std::vector<std::int32_t> column_initial, vector_initial;

  [[nodiscard]] CoreFold core_fold() const {
    CoreFold result = fold;
    if (!column_initial.empty()) result.column_initial = column_initial.data();
    if (!vector_initial.empty()) result.vector_initial = vector_initial.data();
    return result;
  }
  [[nodiscard]] std::int32_t initial(std::uint32_t v, std::uint32_t c) const {
    std::uint32_t sum = 0;
    if (!column_initial.empty()) sum += static_cast<std::uint32_t>(column_initial[c]);
    if (!vector_initial.empty()) sum += static_cast<std::uint32_t>(vector_initial[v]);
    return static_cast<std::int32_t>(sum);
  }
  /// Operands as the elements multiply them.
  [[nodiscard]] int left_operand(Dataflow dataflow, std::uint32_t v, std::uint32_t k) const {
    const std::uint8_t byte = left[std::size_t{v} * fold.depth + k];
    return dataflow == Dataflow::kInputStationary ? static_cast<std::int8_t>(byte)
                                                  : byte - fold.zero_point;
  }
  [[nodiscard]] int top_operand(Dataflow dataflow, std::uint32_t k, std::uint32_t c) const {
    const std::uint8_t byte = top[std::size_t{k} * fold.columns + c];
    return dataflow == Dataflow::kInputStationary ? byte - fold.zero_point
                                                  : static_cast<std::int8_t>(byte);
  }
  [[nodiscard]] std::int32_t product(Dataflow dataflow, std::uint32_t v, std::uint32_t c) const {
    auto sum = static_cast<std::uint32_t>(initial(v, c));
    for (std::uint32_t k = 0; k < fold.depth; ++k) {
      sum += static_cast<std::uint32_t>(left_operand(dataflow, v, k) * top_operand(dataflow, k, c));
    }
    return static_cast<std::int32_t>(sum);
  }
};

class FoldSource {
 public:
  explicit FoldSource(std::uint32_t seed) : random_(seed) {}

  std::uint32_t roll(std::uint32_t low, std::uint32_t high) {
    return std::uniform_int_distribution<std::uint32_t>(low, high)(random_);
  }

  /// A fold that fits; its stream (depth or vectors) is at most `stream` long.
  TestFold fold(Dataflow dataflow, const ArrayExtent& extent, std::uint32_t stream) {
    const bool os = dataflow == Dataflow::kOutputStationary;
    TestFold f;
    // Often the whole array, as in real layers.
    const auto used = [&](std::uint32_t side) { return roll(0, 2) == 0 ? side : roll(1, side); };
    const std::uint32_t rows = used(extent.rows);
    f.fold.vectors = os ? rows : roll(1, stream);
    f.fold.depth = os ? roll(1, stream) : rows;
    f.fold.columns = used(extent.cols);
    f.fold.zero_point =
        static_cast<std::int32_t>(roll(0, 3) == 0 ? 255 * roll(0, 1) : roll(0, 255));
    // The largest products now and then: nothing may saturate.
    const std::uint32_t extreme = roll(0, 3);
    const auto bytes = [&](std::size_t count, bool weights) {
      std::vector<std::uint8_t> result(count);
      for (std::uint8_t& byte : result) {
        byte = static_cast<std::uint8_t>(extreme != 0 ? roll(0, 255) : weights ? 0x80 : 0xff);
      }
      return result;
    };
    const bool is = dataflow == Dataflow::kInputStationary;
    f.left = bytes(std::size_t{f.fold.vectors} * f.fold.depth, is);
    f.top = bytes(std::size_t{f.fold.depth} * f.fold.columns, !is);
    if (roll(0, 2) != 0) f.column_initial = initials(f.fold.columns);
    if (roll(0, 2) != 0) f.vector_initial = initials(f.fold.vectors);
    return f;
  }

 private:
  /// Any 32 bits: sums wrap.
  std::vector<std::int32_t> initials(std::uint32_t count) {
    std::vector<std::int32_t> result(count);
    for (std::int32_t& value : result) value = static_cast<std::int32_t>(random_());
    return result;
  }

  std::mt19937 random_;
};

/// Feeds the operands of the next `cycles` stream cycles, as the array module does.
inline void feed(ArrayCore& core, const TestFold& f, std::uint32_t cycles) {
  const CoreFold& fold = f.fold;
  const auto feed_top = [&](std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t k = begin; k < end; ++k) {
      core.feed_top(k, &f.top[std::size_t{k} * fold.columns]);
    }
  };
  const std::uint32_t begin = core.time();
  if (core.dataflow() == Dataflow::kOutputStationary) {
    const std::uint32_t end = std::min(begin + cycles, fold.depth);
    if (begin >= end) return;
    for (std::uint32_t v = 0; v < fold.vectors; ++v) {
      core.feed_left(v, begin, end, &f.left[std::size_t{v} * fold.depth + begin]);
    }
    feed_top(begin, end);
  } else {
    if (begin == 0) feed_top(0, fold.depth);
    for (std::uint32_t v = begin; v < std::min(begin + cycles, fold.vectors); ++v) {
      core.feed_left(v, 0, fold.depth, &f.left[std::size_t{v} * fold.depth]);
    }
  }
}

inline std::string describe(Dataflow dataflow, const ArrayExtent& extent, const CoreFold& fold) {
  return std::string(dataflow_name(dataflow)) + ", array " + std::to_string(extent.rows) + " x " +
         std::to_string(extent.cols) + ", " + std::to_string(fold.vectors) + " vectors x " +
         std::to_string(fold.depth) + " x " + std::to_string(fold.columns) +
         " columns, zero point " + std::to_string(fold.zero_point);
}

}  // namespace brownout::accel
