// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/wording.h"

#include <gtest/gtest.h>

#include "accel/energy_model.h"
#include "accel/run_statistics.h"

namespace brownout::sweep {
namespace {

TEST(Wording, EnergyUnitsKeepNumbersShort) {
  EXPECT_STREQ(energy_unit(Picojoules(20397653)).name, "uJ");
  EXPECT_EQ(energy_unit(Picojoules(20397653)).text(Picojoules(960820)), "0.961");
  EXPECT_STREQ(energy_unit(Picojoules(1e9)).name, "mJ");
  EXPECT_STREQ(energy_unit(Picojoules(999)).name, "pJ");
  EXPECT_STREQ(energy_unit(Picojoules(0)).name, "pJ");
}

TEST(Wording, NumbersAreGroupedAndRounded) {
  EXPECT_EQ(thousands(0), "0");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(1234567), "1,234,567");
  EXPECT_EQ(percent(0.91237, 2), "91.24");
  EXPECT_EQ(rate(0), "0");
  EXPECT_EQ(rate(0.0111494), "1.11e-02");
  EXPECT_EQ(time_text(Picoseconds(44776000)), "44.776 us");
  EXPECT_EQ(time_text(Picoseconds(4.5e9)), "4.500 ms");
  EXPECT_EQ(time_text(Picoseconds(1500)), "1.500 ns");
}

TEST(Wording, EveryComponentAndActivityHasALabel) {
  for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
    EXPECT_EQ(component_label(name).find('_'), std::string::npos) << name;
  }
  for (const auto& [info, value] : accel::walk(accel::LayerStatistics{})) {
    if (info.name.rfind("cycles_", 0) == 0) {
      EXPECT_EQ(activity_label(info.name).find('_'), std::string::npos) << info.name;
    }
  }
  EXPECT_EQ(component_label("fuse_stage"), "fuse_stage");
}

}  // namespace
}  // namespace brownout::sweep
