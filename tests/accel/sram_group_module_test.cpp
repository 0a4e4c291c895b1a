// SPDX-License-Identifier: Apache-2.0
// A buffer on a rail: a lower voltage makes its cells fail, raising it again heals none of the
// stored bits it did not touch.
#include "accel/sram_group_module.h"

#include <gtest/gtest.h>

#include "accel/kernel_module.h"

namespace brownout::accel {
namespace {

memory::FaultMask lowest_bit_stuck_at_one(VminRatio voltage) {
  if (voltage >= VminRatio(1)) return {};
  return {std::vector<std::uint64_t>(4, ~std::uint64_t{1}), std::vector<std::uint64_t>(4, 1)};
}

TEST(SramGroupModule, FollowsItsRail) {
  const KernelScope kernel;
  SramGroupModule group(
      "filter",
      memory::SramGroup(memory::GroupId::kFilter, memory::SramGeometry({4, 64}, Bytes(32), 1)),
      lowest_bit_stuck_at_one);
  VoltageRailModule rail("rail", memory::VoltageRail("weights", VminRatio(1)));
  rail.loads(group);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  group.write(24, 6);
  EXPECT_EQ(group.read(24), 6U);
  rail.set_voltage(VminRatio(0.8));
  EXPECT_EQ(group.read(24), 7U);
  rail.set_voltage(VminRatio(1));
  EXPECT_EQ(group.read(24), 6U);
  EXPECT_EQ(group.counts(), (memory::AccessCounts{3, 1}));
}

TEST(AccessMeter, AddsOnlyWhatHappensInItsLifetime) {
  const KernelScope kernel;
  SramGroupModule group(
      "ifmap",
      memory::SramGroup(memory::GroupId::kIfmap, memory::SramGeometry({4, 64}, Bytes(32), 1)),
      lowest_bit_stuck_at_one);
  memory::AccessCounts total;
  group.write(0, 1);
  {
    const AccessMeter meter(group, total);
    static_cast<void>(group.read(0));
    group.count({5, 2});
  }
  group.write(0, 1);
  EXPECT_EQ(total, (memory::AccessCounts{6, 2}));
}

}  // namespace
}  // namespace brownout::accel
