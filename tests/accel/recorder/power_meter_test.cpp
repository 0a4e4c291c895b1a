// SPDX-License-Identifier: Apache-2.0
#include "accel/recorder/power_meter.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/accel/machine_fixture.h"

namespace brownout::accel {
namespace {

TEST(PowerMeter, WindowsAddUpToTheRun) {
  const Machine machine = small_machine(4, 4, 4);
  const OperatingPoint point = rails(1, 0.8, 0.9);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    PowerMeter meter(machine, point, 1 + random() % 50);
    LayerStatistics total;
    std::vector<PowerWindow> windows;
    std::uint64_t cycle = 0;
    for (int i = 0; i < 100; ++i) {
      const std::uint64_t end = cycle + 1 + random() % 90;
      const std::uint64_t macs = random() % 5000;
      const std::uint64_t bytes = random() % 700;
      meter.add(ActivitySpan{0, Activity::kCompute, cycle, end});
      meter.add(Operations{0, cycle, end, macs, 3});
      meter.add(DramTransaction{0,
                                memory::GroupId::kFilter,
                                true,
                                cycle,
                                cycle + random() % 20,
                                0,
                                bytes,
                                {bytes / 32, bytes / 100}});
      Access access;
      access.cycle = cycle + random() % (end - cycle);
      access.group = memory::GroupId::kFilter;
      meter.add(access);
      total.at(Activity::kCompute) += end - cycle;
      total.macs += macs;
      total.vector_ops += 3;
      total.dram_read_bytes += bytes;
      total.dram_events += {bytes / 32, bytes / 100};
      ++total.accesses[memory::GroupId::kFilter].reads;
      cycle = end;
      for (const PowerWindow& window : meter.take(cycle)) windows.push_back(window);
    }
    for (const PowerWindow& window : meter.finish(cycle)) windows.push_back(window);

    LayerStatistics sum;
    Picojoules energy;
    std::uint64_t next = 0;
    for (const PowerWindow& window : windows) {
      EXPECT_EQ(window.begin, next);
      EXPECT_EQ(window.counts.total_cycles().count(), window.end - window.begin);
      next = window.end;
      sum += window.counts;
      energy += window.energy.total();
    }
    EXPECT_EQ(next, cycle);
    EXPECT_EQ(sum, total);
    const double expected = energy_of(total, machine, point).total().count();
    EXPECT_NEAR(energy.count(), expected, 1e-9 * expected);
  }
}

TEST(PowerMeter, LayersHaveTheirOwnPricesAndRampsArePaidOnce) {
  Machine machine = small_machine(4, 4, 4);
  machine.ramps["filter"] = {Picoseconds(100'000), Picojoules(600), ""};
  const OperatingPoint point = rails(1, 1, 1).with("filter", VminRatio(0.8), 1);
  PowerMeter meter(machine, point, 100);
  Access access;
  access.group = memory::GroupId::kFilter;
  for (access.cycle = 0; access.cycle < 300; ++access.cycle) {
    access.layer = access.cycle < 150 ? 0 : 1;
    meter.add(access);
  }
  meter.add(ActivitySpan{0, Activity::kVector, 0, 300});
  meter.add_ramp(0, 150, 250);  // back to Vmin, as the next image would find it
  const auto windows = meter.finish(300);
  ASSERT_EQ(windows.size(), 3U);
  // 10 pJ a read at Vmin, 0.64 of that at 0.8 Vmin.
  EXPECT_DOUBLE_EQ(windows[0].energy.filter_sram.count(), 1000);
  EXPECT_DOUBLE_EQ(windows[1].energy.filter_sram.count(), 820);
  EXPECT_DOUBLE_EQ(windows[2].energy.filter_sram.count(), 640);
  const double ramp = energy_of_layer({}, machine, point, 0).rail_ramps.count();
  EXPECT_GT(ramp, 0);
  EXPECT_EQ(windows[0].energy.rail_ramps.count(), 0);
  EXPECT_NEAR(windows[1].energy.rail_ramps.count(), ramp / 2, 1e-9 * ramp);
  EXPECT_NEAR(windows[2].energy.rail_ramps.count(), ramp / 2, 1e-9 * ramp);
  EXPECT_DOUBLE_EQ(meter.milliwatts(windows[2], Picojoules(50)), 0.5);  // in 100 ns
}

TEST(PowerMeter, WhatHappensAtTheEndBelongsToTheLastWindow) {
  const Machine machine = small_machine(4, 4, 4);
  const OperatingPoint point = rails(1, 1, 1);
  for (const std::uint64_t end : {1U, 99U, 100U, 101U, 200U}) {
    PowerMeter meter(machine, point, 100);
    Access access;
    access.cycle = end;
    meter.add(access);
    const auto windows = meter.finish(end);
    ASSERT_EQ(windows.size(), (end + 99) / 100);
    EXPECT_EQ(windows.back().end, end);
    EXPECT_EQ(windows.back().counts.accesses[memory::GroupId::kIfmap].reads, 1U);
  }
}

}  // namespace
}  // namespace brownout::accel
