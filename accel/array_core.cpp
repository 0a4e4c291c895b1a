// SPDX-License-Identifier: Apache-2.0
#include "accel/array_core.h"

#include <fmt/format.h>

#include "accel/block_core.h"
#include "accel/register_core.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

constexpr std::uint32_t kLargestSide = 256;

}  // namespace

void ArrayCore::begin_fold(const CoreFold& fold) {
  const std::uint32_t used_rows = output_stationary() ? fold.vectors : fold.depth;
  require(fold.vectors > 0 && fold.depth > 0 && fold.columns > 0, "a fold is not empty");
  require(used_rows <= extent_.rows && fold.columns <= extent_.cols, "a fold fits its array");
  require(fold.zero_point >= 0 && fold.zero_point <= 255, "a zero point is a code");
  fold_ = fold;
  time_ = 0;
  prepare();
}

void ArrayCore::advance(std::uint32_t cycles) {
  require(cycles <= duration() - time_, "the array stays within its fold");
  step(cycles);
  time_ += cycles;
}

std::uint32_t ArrayCore::duration() const {
  return (output_stationary() ? fold_.depth : fold_.vectors) + extent_.rows + extent_.cols - 2;
}

std::unique_ptr<ArrayCore> make_array_core(Dataflow dataflow, ArrayBody body, ArrayExtent extent,
                                           Isa isa) {
  for (const std::uint32_t side : {extent.rows, extent.cols}) {
    if (side < 1 || side > kLargestSide) {
      throw InputError(fmt::format("array: {} x {} elements, a side is 1 to {}", extent.rows,
                                   extent.cols, kLargestSide));
    }
  }
  const ArrayKernels& kernels = array_kernels(isa);
  if (body == ArrayBody::kBlock) return std::make_unique<BlockCore>(dataflow, extent, kernels);
  return std::make_unique<RegisterCore>(dataflow, extent, kernels);
}

}  // namespace brownout::accel
