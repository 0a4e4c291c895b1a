// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/kernels.h"

#include <algorithm>
#include <string>

#include "sim/core/error.h"

namespace brownout::accel::fast {
namespace {

// With shift <= 53 the zero point adds less than 2^61 to a product below 2^62 and a rounding
// constant of at most 2^52: no overflow. With shift >= 32 the shifted sum fits 32 bits.
constexpr int kSmallestNarrowShift = 32;
constexpr int kLargestNarrowShift = 53;

// The high parts of the two products take 24 bits; the constant stays below 2^30 with these.
constexpr int kSmallestAddShift = 16;
constexpr int kLargestAddShift = 37;

}  // namespace

Requant make_requant(const models::Requantizer& r, int groups, int group_channels) {
  const int blocks = (group_channels + kLanes - 1) / kLanes;
  Requant result;
  result.narrow = std::all_of(r.shift.begin(), r.shift.end(), [](int shift) {
    return shift >= kSmallestNarrowShift && shift <= kLargestNarrowShift;
  });
  result.offset = result.narrow ? 0 : r.zero_point;
  result.lowest = r.lowest;
  result.highest = r.highest;
  result.blocks.resize(static_cast<std::size_t>(groups) * static_cast<std::size_t>(blocks));
  for (int channel = 0; channel < groups * group_channels; ++channel) {
    const int local = channel % group_channels;
    const int block = channel / group_channels * blocks + local / kLanes;
    RequantLanes& lanes = result.blocks[static_cast<std::size_t>(block)];
    const auto lane = static_cast<std::size_t>(local % kLanes);
    const std::size_t i = r.multiplier.size() == 1 ? 0 : static_cast<std::size_t>(channel);
    const std::int64_t half = std::int64_t{1} << (r.shift[i] - 1);
    const std::int64_t zero_point =
        result.narrow ? static_cast<std::int64_t>(r.zero_point) << r.shift[i] : 0;
    lanes.addend[lane & 1U][lane >> 1U] = half + zero_point;
    lanes.multiplier[lane] = r.multiplier[i];
    lanes.shift[lane] = result.narrow ? r.shift[i] - kSmallestNarrowShift : r.shift[i];
  }
  return result;
}

AddPlan make_add_plan(const models::Add& add, int zero_point_a, int zero_point_b) {
  AddPlan plan;
  plan.add = add;
  plan.zero_point_a = zero_point_a;
  plan.zero_point_b = zero_point_b;
  plan.exact_in_32_bits = add.shift >= kSmallestAddShift && add.shift <= kLargestAddShift;
  if (!plan.exact_in_32_bits) return plan;
  const std::int64_t constant = (std::int64_t{1} << (add.shift - 1)) +
                                (static_cast<std::int64_t>(add.zero_point) << add.shift) -
                                static_cast<std::int64_t>(zero_point_a) * add.multiplier_a -
                                static_cast<std::int64_t>(zero_point_b) * add.multiplier_b;
  const auto high = [](std::int64_t value) { return static_cast<std::int32_t>(value >> 16); };
  const auto low = [](std::int64_t value) { return static_cast<std::int32_t>(value & 0xffff); };
  plan.high_a = high(add.multiplier_a);
  plan.high_b = high(add.multiplier_b);
  plan.high = high(constant);
  plan.low_a = low(add.multiplier_a);
  plan.low_b = low(add.multiplier_b);
  plan.low = low(constant);
  plan.shift = add.shift - 16;
  return plan;
}

const Kernels& kernels_for(Isa isa) {
  if (!is_supported(isa)) {
    throw InputError(std::string("this machine has no ") + isa_name(isa) + " instructions");
  }
#ifdef __x86_64__
  if (isa == Isa::kAvx512Vnni) return kAvx512Kernels;
  if (isa == Isa::kAvx2) return kAvx2Kernels;
#endif
  return kPortableKernels;
}

}  // namespace brownout::accel::fast
