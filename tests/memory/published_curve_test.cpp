// SPDX-License-Identifier: Apache-2.0
// The shipped curves against the published points and their fits.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "memory/memory_config.h"
#include "sim/config/document.h"
#include "sim/core/statistics.h"
#include "tests/support/reference_folder.h"

namespace brownout::memory {
namespace {

MemoryConfig shipped(const std::string& name) {
  config::Document document = config::Document::load(std::filesystem::path(BROWNOUT_SOURCE_DIR) /
                                                     "configs/memory" / (name + ".yaml"));
  MemoryConfig memory = read_memory_config(document.root());
  document.finish();
  return memory;
}

MemoryConfig ibm14nm() { return shipped("ibm14nm"); }

/// Lines of a published table, as fields; comments and the heading are left out. Empty where the
/// tables are not there.
std::vector<std::vector<std::string>> table(const std::string& name) {
  const auto folder = test_support::reference_folder(BROWNOUT_SOURCE_DIR, "sram");
  if (!folder) return {};
  std::ifstream in(*folder / name);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  bool heading = true;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    if (!heading) rows.push_back(fields);
    heading = false;
  }
  return rows;
}

TEST(Ibm14nm, EqualsThePublishedPoints) {
  const auto rows = table("chandramoorthy_14nm_ber_energy.csv");
  if (rows.empty()) GTEST_SKIP() << "no reference tables";
  const MemoryConfig memory = ibm14nm();
  EXPECT_EQ(rows.size(), memory.curve.points().size());
  for (const auto& row : rows) {
    const VminRatio v(std::stod(row[0]));
    EXPECT_EQ(memory.curve.bit_error_rate(v), std::stod(row[1])) << v.count();
    EXPECT_NEAR(memory.curve.energy_factor(v), std::stod(row[3]), 1e-12) << v.count();
    const Interval interval = memory.curve.interval(v).value();
    const auto counted = clopper_pearson(std::stoull(row[2]), 1048576, 0.95);
    EXPECT_EQ(interval.lower, counted.lower) << v.count();
    EXPECT_EQ(interval.upper, counted.upper) << v.count();
  }
}

TEST(Ibm14nm, InterpolatesAlongThePublishedProbitFit) {
  // BER = Phi((0.7055 - v) / 0.0553) fits the seven points with R2 0.9993; between points the
  // interpolation must stay as close to it as the points themselves do (0.052 in probit).
  const MemoryConfig memory = ibm14nm();
  for (double v = 0.7501; v < 0.9583; v += 0.0013) {
    const double measured = probit(memory.curve.bit_error_rate(VminRatio(v)));
    EXPECT_NEAR(measured, (0.7055 - v) / 0.0553, 0.052) << v;
  }
}

TEST(PublishedFits, AreFoundAgain) {
  const auto rows = table("probit_fits.csv");
  if (rows.empty()) GTEST_SKIP() << "no reference tables";
  const std::map<std::string, std::string> memories = {{"14nm_Chandramoorthy", "ibm14nm"},
                                                       {"VC707_28nm_BRAM", "xilinx28nm_vc707"},
                                                       {"KC705B_28nm_BRAM", "xilinx28nm_kc705b"}};
  int found = 0;
  for (const auto& row : rows) {
    const auto memory = memories.find(row[0]);
    if (memory == memories.end()) continue;
    const MemoryConfig config = shipped(memory->second);
    const LineFit normal = config.curve.fit(Interpolation::kProbit);
    const LineFit log = config.curve.fit(Interpolation::kLog);
    const double unit = row[3] == "V" ? config.vmin.value().count() : 1;
    EXPECT_NEAR(normal.mu.count() * unit, std::stod(row[1]), 5.1e-5) << row[0];
    EXPECT_NEAR(normal.sigma.count() * unit, std::stod(row[2]), 5.1e-5) << row[0];
    EXPECT_NEAR(normal.r2, std::stod(row[4]), 6e-4) << row[0];
    if (row[0] == "14nm_Chandramoorthy") {
      EXPECT_NEAR(log.r2, 0.965, 5e-4) << "log-linear is worse";
    } else {
      const double decade = log.sigma.count() * unit * std::log(10) * 1e3;
      EXPECT_NEAR(decade, std::stod(row[5]), 0.05) << row[0];
    }
    ++found;
  }
  EXPECT_EQ(found, 3);
}

TEST(Xilinx28nm, EqualsThePublishedCounts) {
  const auto rows = table("salami_bram_28nm.csv");
  if (rows.empty()) GTEST_SKIP() << "no reference tables";
  const std::map<std::string, std::string> memories = {{"VC707", "xilinx28nm_vc707"},
                                                       {"KC705-B", "xilinx28nm_kc705b"}};
  for (const auto& row : rows) {
    const MemoryConfig memory = shipped(memories.at(row[0]));
    const VminRatio v = memory.ratio({std::stod(row[1]), false});
    const double faults = std::stod(row[2]);
    const double bits = std::stod(row[3]);
    EXPECT_EQ(memory.curve.bit_error_rate(v), faults / bits) << row[0] << " " << row[1];
    EXPECT_NEAR(memory.curve.energy_factor(v), v.count() * v.count(), 1e-6);
    EXPECT_EQ(memory.curve.bit_error_rate(VminRatio(1)), 0);
    EXPECT_LT(memory.curve.interval(VminRatio(1))->upper, 4 / bits);
  }
  EXPECT_EQ(rows.size(), 14U);
}

/// The voltage at which the 14 nm curve has `rate`, by bisection.
VminRatio voltage_of(const MemoryConfig& ibm, double rate) {
  double low = 0.75;
  double high = 0.958333;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (ibm.curve.bit_error_rate(VminRatio(middle)) > rate ? low : high) = middle;
  }
  return VminRatio(low);
}

TEST(Stutz14nm, HasThePublishedRatesAtEstimatedVoltagesAndTheirShares) {
  const auto rows = table("stutz_profiled_chips.csv");
  if (rows.empty()) GTEST_SKIP() << "no reference tables";
  const MemoryConfig ibm = ibm14nm();
  for (const char* chip : {"1", "2", "3"}) {
    const MemoryConfig memory = shipped(std::string("stutz14nm_chip") + chip);
    std::size_t points = 0;
    double all = 0;
    double to_one = 0;
    double persistent = 0;
    for (const auto& row : rows) {
      if (row[0] != chip) continue;
      const double rate = std::stod(row[1]) / 100;
      const double v = std::round(voltage_of(ibm, rate).count() * 1e4) / 1e4;
      EXPECT_NEAR(memory.curve.bit_error_rate(VminRatio(v)), rate, 1e-9) << chip << " " << v;
      EXPECT_NEAR(memory.curve.energy_factor(VminRatio(v)), v * v, 1e-6) << chip << " " << v;
      all += rate;
      to_one += std::stod(row[2]) / (std::stod(row[2]) + std::stod(row[3])) * rate;
      persistent += std::stod(row[4]) / 100;
      ++points;
    }
    EXPECT_EQ(memory.curve.points().size(), points);
    const auto& mechanisms = memory.faults.mechanisms;
    ASSERT_EQ(mechanisms.size(), 2U);
    EXPECT_EQ(mechanisms[0].mechanism, Mechanism::kStuckAt);
    EXPECT_NEAR(mechanisms[0].share, persistent / all, 5.1e-5) << chip;
    EXPECT_EQ(mechanisms[1].mechanism, Mechanism::kRandomRead);
    for (const MechanismConfig& m : mechanisms) {
      EXPECT_NEAR(m.share_of_ones, to_one / all, 1e-3) << chip;
    }
  }
}

TEST(NeuralFuse7, EqualsThePublishedRatesAtTheEstimatedVoltages) {
  const auto rows = table("neuralfuse_repo_7points.csv");
  if (rows.empty()) GTEST_SKIP() << "no reference tables";
  const MemoryConfig memory = shipped("neuralfuse7");
  const MemoryConfig ibm = ibm14nm();
  EXPECT_EQ(memory.curve.points().size(), rows.size());
  for (const auto& row : rows) {
    const VminRatio v(std::stod(row[1]));
    EXPECT_EQ(memory.curve.bit_error_rate(v), std::stod(row[0]));
    EXPECT_NEAR(1 - memory.curve.energy_factor(v), std::stod(row[2]), 1.1e-4);
    EXPECT_NEAR(voltage_of(ibm, std::stod(row[0])).count(), v.count(), 5.1e-5);
  }
}

}  // namespace
}  // namespace brownout::memory
