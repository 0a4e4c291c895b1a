// SPDX-License-Identifier: Apache-2.0
// The systolic array with a fold's products computed at once (layer 3): the values of the
// register-level array, there when its closed form says.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accel/array_core.h"
#include "accel/array_kernels.h"

namespace brownout::accel {

class BlockCore final : public ArrayCore {
 public:
  BlockCore(Dataflow dataflow, ArrayExtent extent, const ArrayKernels& kernels);

  void feed_left(std::uint32_t v, std::uint32_t begin, std::uint32_t end,
                 const std::uint8_t* bytes) override;
  void feed_top(std::uint32_t k, const std::uint8_t* bytes) override;
  [[nodiscard]] const std::int32_t* result(std::uint32_t v) const override;
  [[nodiscard]] std::optional<ElementRegisters> registers(std::uint32_t row,
                                                          std::uint32_t column) const override;

 private:
  void prepare() override;
  void step(std::uint32_t cycles) override;
  /// Results of the vectors up to `end` that have none yet.
  void compute(std::uint32_t end);

  /// Subtracts the zero point's share of every sum from the initial values.
  void subtract_zero_point(std::uint32_t end);

  const ArrayKernels& kernels_;
  std::uint32_t blocks_ = 0;
  std::uint32_t done_ = 0;  // vectors that have results
  std::size_t left_stride_ = 0;
  std::size_t panel_ = 0;           // bytes of a block of the top operand
  std::size_t row_stride_ = 0;      // of `rows_`
  std::size_t out_stride_ = 0;      // in accumulators
  ArrayBytes left_;                 // [vector][k]
  ArrayBytes top_;                  // [block][quad][column][4]
  std::vector<std::uint8_t> rows_;  // the top operand's last four rows
  std::vector<std::int32_t> column_initial_;
  std::vector<std::int32_t> vector_initial_;
  ArrayBytes out_;
};

}  // namespace brownout::accel
