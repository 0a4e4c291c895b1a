// SPDX-License-Identifier: Apache-2.0
#include "memory/fault_config.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "memory/weak_cells.h"
#include "sim/config/document.h"
#include "sim/core/error.h"
#include "tests/config/config_fixture.h"

namespace brownout::memory {
namespace {

class FaultConfigTest : public config::ConfigTest {
 protected:
  FaultConfig read(const std::string& text) const {
    config::Document document = config::Document::load(write("faults.yaml", "faults:\n" + text));
    config::Section root = document.root();
    FaultConfig faults = read_fault_config(root.section("faults", "under test"));
    document.finish();
    return faults;
  }

  std::string error_of(const std::string& text) const {
    try {
      static_cast<void>(read(text));
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(FaultConfigTest, TheShortFormIsOneMechanism) {
  const FaultConfig faults = read("  mechanism: stuck_at\n  share_of_ones: 0.3\n");
  ASSERT_EQ(faults.mechanisms.size(), 1U);
  EXPECT_EQ(faults.mechanisms[0].mechanism, Mechanism::kStuckAt);
  EXPECT_EQ(faults.mechanisms[0].share, 1);
  EXPECT_EQ(faults.mechanisms[0].share_of_ones, 0.3);
  EXPECT_TRUE(faults.spatial.empty());
  EXPECT_EQ(faults.shift.total().count(), 0);
}

TEST_F(FaultConfigTest, ReadsAListOfMechanismsAndConditions) {
  const FaultConfig faults = read(
      "  mechanisms:\n"
      "    - {mechanism: stuck_at, share: 0.4}\n"
      "    - {mechanism: random_read, share: 0.6, probability: {always: 0.1, alpha: 2, beta: 3}}\n"
      "    - {mechanism: access_time, sigma: 0.1, margin: 1.4}\n"
      "  spatial: {macros: 1, columns: 0.02}\n"
      "  temperature: {celsius: 85, reference_celsius: 25, shift_per_kelvin: 1e-4}\n"
      "  ageing: {shift: 0.01}\n");
  ASSERT_EQ(faults.mechanisms.size(), 2U);
  EXPECT_EQ(faults.mechanisms[1].probability.beta, 3);
  EXPECT_TRUE(faults.uses(Mechanism::kAccessTime));
  EXPECT_FALSE(faults.uses(Mechanism::kRetention));
  EXPECT_EQ(faults.spatial.config().columns, 0.02);
  EXPECT_NEAR(faults.shift.total().count(), 0.016, 1e-12);
}

TEST_F(FaultConfigTest, RejectsSharesThatDoNotAddUpAndWhatIbmRandomDoesNotKnow) {
  EXPECT_NE(error_of("  mechanisms:\n    - {mechanism: stuck_at, share: 0.4}\n").find("0.4"),
            std::string::npos);
  EXPECT_NE(error_of("  mapping: ibm_random\n  spatial: {columns: 0.1}\n").find("ibm_random"),
            std::string::npos);
  EXPECT_NE(error_of("  mapping: ibm_random_shuffled\n  mechanism: inverted_read\n").find("stuck"),
            std::string::npos);
  EXPECT_NE(error_of("  mapping: own_cells\n  mechanism: retention\n").find("own_cells"),
            std::string::npos);
  EXPECT_NE(error_of("  mapping: own_cells\n  placement: {order: random}\n").find("own_cells"),
            std::string::npos);
  EXPECT_NE(error_of("  spatial: {columns: 0.001}\n").find("0.005"), std::string::npos);
  EXPECT_NE(error_of("  mechanism: stuck\n").find("stuck_at"), std::string::npos);
}

TEST(AccessTime, HalfOfTheCellsAreSlowerThanTheMedian) {
  const AccessTime slow{0.5, 0.1, 1.0};
  EXPECT_NEAR(slow.rate(Picoseconds(800), Picoseconds(800)), 0.5, 1e-12);
  // ln(1.1) / 0.1 = 0.953 standard deviations: 17.0 %.
  EXPECT_NEAR(slow.rate(Picoseconds(1000), Picoseconds(1100)), 0.1702, 1e-3);
  EXPECT_GT(slow.rate(Picoseconds(900), Picoseconds(1000)),
            slow.rate(Picoseconds(800), Picoseconds(1000)));
}

TEST(FailProbability, HasItsMeanAndItsShareOfCellsThatFailAlways) {
  for (const FailProbability& p : {FailProbability{0, 1, 1}, FailProbability{0.41, 1, 1.2},
                                   FailProbability{0.21, 0.6, 1}, FailProbability{1, 1, 1}}) {
    constexpr int kRanks = 20000;
    double sum = 0;
    int always = 0;
    double last = 0;
    for (int i = 0; i < kRanks; ++i) {
      const double value = p.at((i + 0.5) / kRanks);
      ASSERT_GE(value, last);
      last = value;
      sum += value;
      if (value == 1) ++always;
    }
    EXPECT_NEAR(sum / kRanks, p.mean(), 1e-3);
    EXPECT_NEAR(static_cast<double>(always) / kRanks, p.always, 1e-3);
  }
}

TEST(RandomRead, FailsAsOftenAsItsCellsProbability) {
  FaultConfig config;
  config.mechanisms = {{Mechanism::kRandomRead, 1, 0.5, {0.25, 1, 1}}};
  const SramGeometry geometry({512, 64}, Bytes(65536), 4);
  const CellFamily family{ChipId(3), GroupId::kIfmap};
  const WeakCells weak(family, geometry, 1e-3, config);
  ASSERT_GT(weak.cells().size(), 300U);
  int always = 0;
  for (const WeakCell& cell : weak.cells()) {
    const double p = (cell.chance + 1.0) * 0x1p-32;
    constexpr int kAccesses = 400;
    int failed = 0;
    for (std::uint32_t i = 0; i < kAccesses; ++i) {
      if (fails_access(family, cell, i % 7, i / 7)) ++failed;
    }
    EXPECT_NEAR(failed, kAccesses * p, 5 * std::sqrt(kAccesses * p * (1 - p)) + 1e-9);
    if (failed == kAccesses) ++always;
  }
  EXPECT_NEAR(always / static_cast<double>(weak.cells().size()), 0.25, 0.08);
}

TEST(Mechanisms, AreDrawnByTheirShares) {
  FaultConfig config;
  config.mechanisms = {{Mechanism::kStuckAt, 0.5, 1.0, {}},
                       {Mechanism::kInvertedRead, 0.3, 0.5, {}},
                       {Mechanism::kRetention, 0.2, 0.0, {}}};
  const SramGeometry geometry({512, 64}, Bytes(1048576), 4);
  const WeakCells weak(ChipId(1), GroupId::kFilter, geometry, 1e-2, config);
  double stuck = 0;
  double inverted = 0;
  for (const WeakCell& cell : weak.cells()) {
    if (cell.mechanism == Mechanism::kStuckAt) {
      ++stuck;
      ASSERT_TRUE(cell.reads_one);
    } else if (cell.mechanism == Mechanism::kInvertedRead) {
      ++inverted;
    } else {
      ASSERT_EQ(cell.mechanism, Mechanism::kRetention);
      ASSERT_FALSE(cell.reads_one);
    }
  }
  const auto all = static_cast<double>(weak.cells().size());
  EXPECT_NEAR(stuck / all, 0.5, 0.01);
  EXPECT_NEAR(inverted / all, 0.3, 0.01);
}

}  // namespace
}  // namespace brownout::memory
