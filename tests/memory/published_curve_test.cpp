// SPDX-License-Identifier: Apache-2.0
// The shipped 14 nm curve against the published points and their probit fit.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "memory/memory_config.h"
#include "sim/config/document.h"
#include "sim/core/statistics.h"

namespace brownout::memory {
namespace {

MemoryConfig ibm14nm() {
  config::Document document = config::Document::load(std::filesystem::path(BROWNOUT_SOURCE_DIR) /
                                                     "configs/memory/ibm14nm.yaml");
  MemoryConfig memory = read_memory_config(document.root());
  document.finish();
  return memory;
}

TEST(Ibm14nm, EqualsThePublishedPoints) {
  const std::filesystem::path csv = std::filesystem::path(BROWNOUT_SOURCE_DIR) /
                                    "../shared/reference/sram/chandramoorthy_14nm_ber_energy.csv";
  if (!std::filesystem::exists(csv)) GTEST_SKIP() << "no reference table at " << csv;
  const MemoryConfig memory = ibm14nm();
  std::ifstream in(csv);
  std::string line;
  int points = 0;
  while (std::getline(in, line)) {
    double v = 0;
    double ber = 0;
    double count = 0;
    double energy = 0;
    char comma = 0;
    std::istringstream fields(line);
    if (!(fields >> v >> comma >> ber >> comma >> count >> comma >> energy)) continue;
    EXPECT_EQ(memory.curve.bit_error_rate(VminRatio(v)), ber) << v;
    EXPECT_NEAR(memory.curve.energy_factor(VminRatio(v)), energy, 1e-12) << v;
    ++points;
  }
  EXPECT_EQ(points, 7);
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

}  // namespace
}  // namespace brownout::memory
