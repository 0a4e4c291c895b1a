// SPDX-License-Identifier: Apache-2.0
// The systolic array at register-transfer timing (layer 3): every product of every processing
// element exists, at its cycle, in all three dataflows.
//
// Nothing is shifted. Product (v, k, c) happens in cycle v + k + c whatever stays in the elements,
// so vector v's elements read, in one cycle, a diagonal of the top operand and a window of the
// vector. Stored skewed, the diagonal is a line; the window slides. The registers of an element are
// looked up by the same equation, hence a consistent snapshot after every advance.
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
  void prepare_left();
  void prepare_top();
  void step_chunk(std::uint32_t begin, std::uint32_t end);
  /// Where vector v's operands and accumulators are, which rotate if there are many.
  [[nodiscard]] std::size_t slot(std::uint32_t v) const { return v % slots_; }
  void load_initial(std::uint32_t v);
  [[nodiscard]] std::int16_t left_operand(std::uint32_t v, std::uint32_t k) const;
  [[nodiscard]] std::int16_t top_operand(std::uint32_t k, std::uint32_t column) const;

  SidedKernels kernels_;
  std::uint32_t blocks_ = 0;
  std::uint32_t slots_ = 1;
  std::uint32_t clear_depth_ = 0;  // of the layout in which
  std::uint32_t clear_slots_ = 0;  // so many vectors have zeros around
  std::size_t left_stride_ = 0;
  std::size_t top_stride_ = 0;
  std::size_t sum_stride_ = 0;         // in accumulators
  ArrayBytes left_;                    // [slot]: zeros, the vector's bytes, zeros
  ArrayBytes top_;                     // [block]: zero quads, skewed quads, zero quads
  std::vector<std::int32_t> sums_;     // [slot][column]
  std::vector<std::int32_t> initial_;  // [column]
};

}  // namespace brownout::accel
