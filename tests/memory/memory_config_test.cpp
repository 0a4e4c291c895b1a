// SPDX-License-Identifier: Apache-2.0
#include "memory/memory_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/config/document.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

MemoryConfig load(const std::filesystem::path& file,
                  const std::vector<std::string>& overrides = {}) {
  config::Document document = config::Document::load(file, overrides);
  MemoryConfig memory = read_memory_config(document.root());
  document.finish();
  return memory;
}

std::filesystem::path ibm14nm() {
  return std::filesystem::path(BROWNOUT_SOURCE_DIR) / "configs/memory/ibm14nm.yaml";
}

TEST(MemoryConfig, ReadsTheShippedCurve) {
  const MemoryConfig memory = load(ibm14nm());
  EXPECT_EQ(memory.name, "ibm14nm");
  EXPECT_EQ(memory.macro.rows, 512U);
  EXPECT_EQ(memory.macro.word_bits, 64U);
  EXPECT_EQ(memory.faults.mechanisms.at(0).share_of_ones, 0.5);
  EXPECT_FALSE(memory.vmin.has_value());
  EXPECT_NEAR(memory.curve.bit_error_rate(VminRatio(0.833333)), 1.114941e-2, 1e-12);
}

TEST(MemoryConfig, VoltsNeedAPublishedVmin) {
  const MemoryConfig relative = load(ibm14nm());
  EXPECT_THROW(static_cast<void>(relative.ratio({0.6, false})), InputError);
  EXPECT_THROW(static_cast<void>(relative.ratio({0.7, true})), InputError);
  const MemoryConfig absolute = load(ibm14nm(), {"vmin=0.8 V"});
  EXPECT_NEAR(absolute.ratio({0.64, false}).count(), 0.8, 1e-12);
}

TEST(MemoryConfig, ACurveThatRisesWithVoltageIsReportedAtItsPlace) {
  try {
    static_cast<void>(load(ibm14nm(), {"curve.points.3.ber=0.9"}));
    FAIL() << "a rising curve was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("curve.points"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("must fall"), std::string::npos) << error.what();
  }
}

TEST(Leakage, FollowsItsExponent) {
  const Leakage leakage{Milliwatts(2), 3};
  EXPECT_NEAR(leakage.at(VminRatio(0.5)).count(), 0.25, 1e-12);
}

}  // namespace
}  // namespace brownout::memory
