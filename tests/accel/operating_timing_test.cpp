// SPDX-License-Identifier: Apache-2.0
#include "accel/operating_timing.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/core/error.h"
#include "tests/accel/machine_fixture.h"

namespace brownout::accel {
namespace {

using memory::DelayLaw;
using memory::GroupId;

OperatingPoint at(double logic, double buffers) {
  return rails(buffers, buffers, buffers).with("logic", VminRatio(logic));
}

/// 1 GHz; at 0.8 Vmin array and buffers take 1.6 times as long: 0.8 / 0.3 over 1 / 0.5 is 4 / 3,
/// 0.8 / 0.09 over 1 / 0.25 is 20 / 9.
Machine slow_machine(double access, double path) {
  Machine machine = small_machine(8, 8, 2);
  machine.memory.delay = DelayLaw{Picoseconds(access), VminRatio(0.5), 1, "test"};
  machine.accelerator.array.delay = DelayLaw{Picoseconds(path), VminRatio(0.5), 2, "test"};
  return machine;
}

std::string refusal(const Machine& machine, const OperatingPoint& point) {
  try {
    static_cast<void>(operating_timing(machine, point));
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(OperatingTiming, WithoutDelayLawsNothingDependsOnVoltageAndTheArrayStaysUp) {
  const Machine machine = small_machine(8, 8, 2);
  const OperatingTiming timing = operating_timing(machine, at(1, 0.8));
  EXPECT_EQ(timing.clock, Hertz(1e9));
  EXPECT_EQ(timing.access_cycles, (memory::PerGroup<std::uint32_t>(1, 1, 1)));
  EXPECT_NE(refusal(machine, at(0.95, 1)).find("rail 'logic': found 0.95 Vmin"), std::string::npos);
}

TEST(OperatingTiming, ConstantClockTurnsAccessTimeIntoWholeCycles) {
  // 750 ps at Vmin are 1,000 ps at 0.8 Vmin: just one cycle, and a picosecond more is two.
  EXPECT_EQ(operating_timing(slow_machine(750, 100), at(1, 0.8)).access_cycles[GroupId::kFilter],
            1U);
  EXPECT_EQ(operating_timing(slow_machine(751, 100), at(1, 0.8)).access_cycles[GroupId::kFilter],
            2U);
  const OperatingTiming timing =
      operating_timing(slow_machine(2500, 100), rails(1, 0.8, 1).with("logic", VminRatio(1)));
  EXPECT_EQ(timing.access_cycles, (memory::PerGroup<std::uint32_t>(3, 4, 3)));
  EXPECT_EQ(timing.clock, Hertz(1e9));
}

TEST(OperatingTiming, AnErrorCodeAddsItsCyclesWhateverTheClockDoes) {
  Machine machine = slow_machine(2500, 100);
  machine.accelerator.buffers[GroupId::kFilter].ecc.latency = 2;
  EXPECT_EQ(operating_timing(machine, at(1, 1)).access_cycles,
            (memory::PerGroup<std::uint32_t>(3, 5, 3)));
  machine.accelerator.clocking = Clocking::kScaled;
  EXPECT_EQ(operating_timing(machine, at(1, 1)).access_cycles,
            (memory::PerGroup<std::uint32_t>(1, 3, 1)));
}

TEST(OperatingTiming, StepsWaitForTheSlowerOperandAndForTheirResults) {
  OperatingTiming timing;
  timing.access_cycles = {2, 4, 3};
  EXPECT_EQ(timing.latency(true, true).before, 3U);
  EXPECT_EQ(timing.latency(true, true).after, 2U);
  EXPECT_EQ(timing.latency(true, false).after, 0U);
  EXPECT_EQ(timing.latency(false, true).before, 1U);
}

TEST(OperatingTiming, AnArrayTooSlowIsRefusedWithWhatWouldWork) {
  const Machine machine = slow_machine(100, 600);  // 1,333 ps at 0.8 Vmin
  const std::string text = refusal(machine, at(0.8, 1));
  EXPECT_NE(text.find("rail 'logic': found 0.8 Vmin"), std::string::npos) << text;
  EXPECT_NE(text.find("clock of at most 0.7500 GHz"), std::string::npos) << text;
  // The voltage it names works, a little less does not.
  const std::string before = "at least ";
  const double named = std::stod(text.substr(text.find(before) + before.size()));
  EXPECT_EQ(refusal(machine, at(named + 1e-4, 1)), "");
  EXPECT_NE(refusal(machine, at(named - 1e-4, 1)), "");
  Machine slower = machine;
  slower.accelerator.clock = Hertz(0.75e9);
  EXPECT_EQ(refusal(slower, at(0.8, 1)), "");
}

TEST(OperatingTiming, ScaledClockFollowsTheSlowestPartAndNeverSpeedsUp) {
  Machine machine = slow_machine(900, 600);
  machine.accelerator.clocking = Clocking::kScaled;
  EXPECT_EQ(operating_timing(machine, at(1, 1)).clock, Hertz(1e9));
  EXPECT_NEAR(operating_timing(machine, at(1, 0.8)).clock.count(), 1e12 / 1200, 1);
  EXPECT_NEAR(operating_timing(machine, at(0.8, 1)).clock.count(), 1e12 / 1334, 1);
  EXPECT_EQ(operating_timing(machine, at(0.8, 0.8)).access_cycles,
            (memory::PerGroup<std::uint32_t>(1, 1, 1)));
}

TEST(OperatingTiming, OneClockServesTheWholeSchedule) {
  Machine machine = slow_machine(900, 100);
  machine.accelerator.clocking = Clocking::kScaled;
  const OperatingPoint point = rails(1, 1, 1).with("filter", VminRatio(0.8), 3);
  EXPECT_EQ(run_clock(machine, rails(1, 1, 1)), Hertz(1e9));
  EXPECT_NEAR(run_clock(machine, point).count(), 1e12 / 1200, 1);
}

TEST(OperatingPoint, KnowsEveryLayersVoltageAndComesBackToTheFirst) {
  const OperatingPoint point =
      rails(1, 1, 1).with("filter", VminRatio(0.8), 2).with("ifmap", VminRatio(0.9), 4);
  EXPECT_EQ(point.at_layer(1).voltage("filter"), VminRatio(1));
  EXPECT_EQ(point.at_layer(2).voltage("filter"), VminRatio(0.8));
  EXPECT_EQ(point.at_layer(9).voltage("ifmap"), VminRatio(0.9));
  EXPECT_EQ(point.before_layer(2).voltage("filter"), VminRatio(1));
  EXPECT_EQ(point.before_layer(0).voltage("filter"), VminRatio(0.8));
  EXPECT_EQ(point.phases().size(), 3U);
  EXPECT_THROW(static_cast<void>(rails(1, 1, 1).with("fliter", VminRatio(1), 2)), InputError);
}

TEST(Ramps, RailsRampSideBySideAndAddTheirEnergies) {
  Machine machine = small_machine(8, 8, 2);
  machine.ramps["filter"] = {Picoseconds(1e6), Picojoules(100), "test"};
  machine.ramps["ifmap"] = {Picoseconds(3e6), Picojoules(10), "test"};
  const OperatingPoint low = rails(0.8, 0.8, 1);
  const OperatingPoint high = rails(1, 1, 1);
  EXPECT_NEAR(longest_ramp(machine, low, high).count(), 0.2 * 3e6, 1e-3);
  EXPECT_NEAR(ramp_energy(machine, low, high).count(), 0.36 * 110, 1e-9);
  EXPECT_EQ(ramp_energy(machine, high, low), Picojoules(0));
  EXPECT_EQ(longest_ramp(machine, low, low), Picoseconds(0));
  EXPECT_THROW(static_cast<void>(longest_ramp(machine, high, rails(1, 1, 0.9))), InputError);
}

}  // namespace
}  // namespace brownout::accel
