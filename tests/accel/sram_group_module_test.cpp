// SPDX-License-Identifier: Apache-2.0
// A buffer on a rail: a lower voltage makes its cells fail, raising it again heals none of the
// stored bits it did not touch.
#include "accel/sram_group_module.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "accel/kernel_module.h"
#include "tests/support/fixed_faults.h"

namespace brownout::accel {
namespace {

memory::SramGroup lowest_bit_stuck_at_one(memory::GroupId group) {
  memory::FaultMask mask{std::vector<std::uint64_t>(4, ~std::uint64_t{1}),
                         std::vector<std::uint64_t>(4, 1)};
  return {group, memory::SramGeometry({4, 64}, Bytes(32), 1), 4,
          std::make_unique<test_support::FixedFaults>(std::move(mask))};
}

/// Cells fail below Vmin.
BufferRails on(const std::string& rail) {
  return {rail, rail, [](const BufferSupply& supply) {
            return memory::BufferRates(supply.own >= VminRatio(1) ? 0.0 : 0.1);
          }};
}

TEST(SramGroupModule, FollowsItsRail) {
  const KernelScope kernel;
  SramGroupModule group("filter", lowest_bit_stuck_at_one(memory::GroupId::kFilter), on("weights"));
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
  SramGroupModule group("ifmap", lowest_bit_stuck_at_one(memory::GroupId::kIfmap), on("weights"));
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
