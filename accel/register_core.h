// SPDX-License-Identifier: Apache-2.0
// The systolic array at register-transfer timing (layer 3): every product of every processing
// element exists, at its cycle, in all three dataflows.
//
// Nothing is shifted. Product (v, k, c) happens in cycle v + k + c whatever stays in the elements,
// so vector v's elements read, in one cycle, a diagonal of the top operand and a window of the
// vector. Stored skewed, the diagonal is a line; the window slides. The registers of an element are
// looked up by the same equation, hence a consistent snapshot after every advance.
//
// Products are of the codes as they are; the zero point's share of a finished sum, zero point times
// the sum of its weights, is taken out of accumulators when these weights are known, which is never
// later than the first result. Registers are shown with the share of their own products only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accel/array_core.h"
#include "accel/array_kernels.h"

namespace brownout::accel {

class RegisterCore final : public ArrayCore {
 public:
  RegisterCore(Dataflow dataflow, ArrayExtent extent, const ArrayKernels& kernels);

  void feed_left(std::uint32_t v, std::uint32_t begin, std::uint32_t end,
                 const std::uint8_t* bytes) override;
  void feed_top(std::uint32_t k, const std::uint8_t* bytes) override;
  [[nodiscard]] const std::int32_t* result(std::uint32_t v) const override;
  [[nodiscard]] std::optional<ElementRegisters> registers(std::uint32_t row,
                                                          std::uint32_t column) const override;

 private:
  void prepare() override;
  void step(std::uint32_t cycles) override;
  void prepare_top();
  void step_chunk(std::uint32_t begin, std::uint32_t end);
  /// Where vector v's operands and accumulators are, which rotate if there are many.
  [[nodiscard]] std::size_t slot(std::uint32_t v) const {
    // The analyser takes writes to the accumulators for writes to slots_, which is never 0.
    return v < slots_ ? v : v % slots_;  // NOLINT(clang-analyzer-core.DivideZero)
  }
  [[nodiscard]] std::int32_t* sums_at(std::size_t slot) {
    return reinterpret_cast<std::int32_t*>(sums_.data()) + slot * sum_stride_;
  }
  [[nodiscard]] std::int32_t* sums_of(std::uint32_t v) { return sums_at(slot(v)); }
  /// Initial value less the zero point's share to vector v's accumulators.
  void load_initial(std::uint32_t v, std::uint32_t share);
  /// Takes the zero point's share out of the columns, once all their weights are known.
  void settle();
  [[nodiscard]] std::uint32_t zero_point_share(std::int32_t weights) const;
  /// What an accumulator that has had `products` products lacks to its register's value.
  [[nodiscard]] std::uint32_t pending_share(std::uint32_t v, std::uint32_t column,
                                            std::uint32_t products) const;
  /// Sum of the first `count` top operands of a column.
  [[nodiscard]] std::int32_t top_sum(std::uint32_t column, std::uint32_t count) const;
  [[nodiscard]] std::int16_t left_operand(std::uint32_t v, std::uint32_t k) const;
  [[nodiscard]] std::int16_t top_operand(std::uint32_t k, std::uint32_t column) const;

  const ArrayKernels& kernels_;
  std::uint32_t blocks_ = 0;
  std::uint32_t slots_ = 1;
  std::size_t left_stride_ = 0;
  std::size_t top_stride_ = 0;
  std::size_t sum_stride_ = 0;                // in accumulators
  ArrayBytes left_;                           // [slot]: guard, the vector's bytes, guard
  ArrayBytes top_;                            // [block]: zero quads, skewed quads, zero quads
  ArrayBytes sums_;                           // [slot][column], accumulators
  std::vector<std::int32_t> column_weights_;  // sums, once settled
  std::vector<std::int32_t> initial_;         // [column]
  bool settled_ = false;

  // Running sums of the top operand, [k][column], made when registers are looked at.
  mutable std::vector<std::int32_t> top_sums_;
  mutable std::uint32_t summed_rows_ = 0;
};

}  // namespace brownout::accel
