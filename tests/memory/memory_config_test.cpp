// SPDX-License-Identifier: Apache-2.0
#include "memory/memory_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/config/document.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

MemoryConfig load(const std::filesystem::path& file, const config::Overrides& overrides = {}) {
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

std::string error_of(const config::Overrides& overrides) {
  try {
    static_cast<void>(load(ibm14nm(), overrides));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

/// The curve's points, the lowest as given.
std::string points_with(const std::string& lowest) {
  return "curve.points=[{voltage: 0.75 Vmin, energy: 0.5625, " + lowest +
         "}, {voltage: 0.9 Vmin, faults: 2, bits: 100, energy: 0.81}]";
}

TEST(MemoryConfig, RatesFollowFromCounts) {
  const MemoryConfig memory = load(ibm14nm(), {points_with("faults: 3, bits: 10")});
  EXPECT_EQ(memory.curve.bit_error_rate(VminRatio(0.75)), 0.3);
  EXPECT_TRUE(memory.curve.interval(VminRatio(0.76)).has_value());
  EXPECT_FALSE(load(ibm14nm(), {points_with("ber: 0.3")}).curve.interval(VminRatio(0.76)));
}

TEST(MemoryConfig, RatesAndCountsMustAgree) {
  expect_part(error_of({"curve.points.0.faults=200000"}),
              "curve.points.0.ber: found 0.2055941, allowed: 200000 faults of 1048576 bits, which "
              "are 1.907349e-01");
  expect_part(error_of({"curve.points.0.faults=2000000"}),
              "curve.points.0.faults: found 2000000, allowed: at most the 1048576 bits tested");
  expect_part(error_of({points_with("faults: 3")}), "curve.points.0.bits: missing");
  expect_part(error_of({points_with("ber: 0.3, bits: 10")}), "curve.points.0.faults: missing");
  std::string neither = points_with("");
  neither.replace(neither.find(", }"), 3, "}");
  expect_part(error_of({neither}), "curve.points.0.ber: missing");
}

TEST(MemoryConfig, FlippedBitsBecomeFailingCellsByTheirMechanisms) {
  const MemoryConfig stuck = load(ibm14nm(), {"curve.rate_means=flipped_bits"});
  EXPECT_DOUBLE_EQ(stuck.curve.bit_error_rate(VminRatio(0.833333)), 2 * 1.114941e-2);
  const MemoryConfig inverted =
      load(ibm14nm(), {"curve.rate_means=flipped_bits", "faults.mechanism=inverted_read"});
  EXPECT_DOUBLE_EQ(inverted.curve.bit_error_rate(VminRatio(0.833333)), 1.114941e-2);
  expect_part(error_of({"curve.rate_means=flipped_bits",
                        "faults.mechanisms=[{mechanism: "
                        "random_read, probability: {alpha: 0.1, beta: 1}}]"}),
              "curve.points: voltage curve at 0.75 Vmin: found a share of 0.2055941 flipped bits, "
              "allowed: below 0.0454");
  expect_part(error_of({"curve.rate_means=flipped_bits",
                        "delay={access_time: 1 ns, threshold: "
                        "0.5 Vmin, alpha: 1, source: none}",
                        "faults.mechanisms=[{mechanism: access_time, sigma: 0.1}]"}),
              "curve.rate_means: found flipped_bits, allowed: faulty_cells");
}

TEST(MemoryConfig, ExtrapolatesWhenAskedAndAsFarAsItMeansSomething) {
  const MemoryConfig memory = load(ibm14nm(), {"curve.extrapolate=true"});
  EXPECT_EQ(memory.ratio({0.7, true}), VminRatio(0.7));
  EXPECT_THROW(static_cast<void>(memory.ratio({0.1, true})), InputError);
  try {
    static_cast<void>(load(ibm14nm()).ratio({0.7, true}));
    FAIL() << "outside the measured span";
  } catch (const InputError& error) {
    expect_part(error.what(), "'curve.extrapolate: true' goes on beyond");
  }
}

TEST(MemoryConfig, EnergiesAreThoseOfItsMacro) {
  EXPECT_NEAR(load(ibm14nm()).energy.read.count(), 7.912, 1e-3);  // 4 KiB of an 8 KiB table
  const MemoryConfig memory = load(ibm14nm(), {"macro={rows: 2048, word_bits: 32}",
                                               "leakage.per_bit=2 pW", "leakage.exponent=0"});
  EXPECT_DOUBLE_EQ(memory.energy.write.count(), 5);
  EXPECT_DOUBLE_EQ(memory.leakage.at(VminRatio(0.8)).count(), 65536 * 2e-9);
}

}  // namespace
}  // namespace brownout::memory
