// SPDX-License-Identifier: Apache-2.0
// Every memory that ships can be swept, and results say what was measured of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "sim/sweep/results_folder.h"
#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

namespace fs = std::filesystem;

class MemoriesTest : public CliTest {
 protected:
  /// A copy of a.yaml with this memory.
  void use_memory(const std::string& file, const std::string& also = "") const {
    std::string text = read("a.yaml");
    const std::string shipped = "memory: {include: ";
    const std::size_t at = text.find(shipped);
    text.replace(at, text.find('\n', at) - at, shipped + file + also + "}");
    write("m.yaml", text);
  }
  [[nodiscard]] sweep::Results sweep(const std::vector<std::string>& settings) const {
    fs::remove_all(folder() / "r");
    std::vector<std::string> arguments = {"sweep", "m.yaml", "--out", "r"};
    for (const std::string& setting : settings) {
      arguments.insert(arguments.end(), {"--set", setting});
    }
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    text_ = outcome.output;
    return sweep::read_results(folder() / "r");
  }
  [[nodiscard]] bool says(const std::string& part) const {
    return text_.find(part) != std::string::npos;
  }

 private:
  mutable std::string text_;
};

TEST_F(MemoriesTest, EveryShippedMemoryCanBeSwept) {
  int memories = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(BROWNOUT_SOURCE_DIR) / "configs/memory")) {
    SCOPED_TRACE(entry.path().filename().string());
    use_memory(entry.path().string());
    const sweep::Results results =
        sweep({"rails.weights.voltage=1 Vmin", "sweep.voltages=[1 Vmin, 0.9 Vmin, 0.886 Vmin]"});
    ASSERT_EQ(results.points.size(), 7U);
    for (const auto& result : results.points) {
      EXPECT_GT(result.total_energy().count(), 0);
      if (result.point.voltage < VminRatio(0.9)) {
        EXPECT_GT(result.bit_error_rates[memory::GroupId::kFilter], 5e-6);
      }
    }
    ++memories;
  }
  EXPECT_GE(memories, 7);
}

TEST_F(MemoriesTest, VoltsOfAnAbsoluteVmin) {
  use_memory(BROWNOUT_SOURCE_DIR "/configs/memory/xilinx28nm_vc707.yaml");
  const auto results = sweep({"rails.weights.voltage=1 Vmin", "sweep.voltages=[0.61 V, 0.54 V]"});
  EXPECT_NEAR(results.points.back().volts.value().count(), 0.54, 1e-12);
  EXPECT_EQ(results.points.back().bit_error_rates[memory::GroupId::kFilter], 23706.0 / 33751040);
  EXPECT_TRUE(says("0.540")) << "volts beside V/Vmin";
}

TEST_F(MemoriesTest, ExtrapolationIsFlaggedEverywhere) {
  use_memory(BROWNOUT_SOURCE_DIR "/configs/memory/ibm14nm.yaml", ", curve: {extrapolate: true}");
  const auto results = sweep({"sweep.voltages=[0.8 Vmin, 0.72 Vmin]"});
  EXPECT_EQ(results.manifest.measured, "0.75 to 1 Vmin");
  EXPECT_EQ(results.manifest.extrapolated, "weights");
  for (const auto& result : results.points) {
    EXPECT_EQ(result.extrapolated[memory::GroupId::kFilter],
              result.point.voltage == VminRatio(0.72));
    EXPECT_FALSE(result.extrapolated[memory::GroupId::kIfmap]);
  }
  EXPECT_TRUE(says("\n0.7200* "));
  EXPECT_TRUE(says("* outside the voltages the memory was measured at (weights)"));
  const std::string html = read("r/report.html");
  EXPECT_NE(html.find("0.7200*"), std::string::npos);
  EXPECT_NE(html.find("* outside the voltages the memory was measured at"), std::string::npos);
  const std::string text =
      run({"run", "m.yaml", "--set", "rails.weights.voltage=0.72 Vmin"}).output;
  EXPECT_NE(text.find("extrapolated: faulty cells and energy of weights, outside the measured 0.75 "
                      "to 1 Vmin"),
            std::string::npos)
      << text;
  EXPECT_EQ(run({"run", "m.yaml"}).output.find("extrapolated"), std::string::npos);
  const std::string trace = run({"trace", "m.yaml", "--image", "0", "--power", "p.csv", "--set",
                                 "rails.weights.voltage=0.72 Vmin"})
                                .output;
  EXPECT_NE(trace.find("\nextrapolated: faulty cells and energy of weights"), std::string::npos)
      << trace;
}

TEST_F(MemoriesTest, FlippedBitsAreAboutWhatFlippedBitsWerePublished) {
  use_memory(BROWNOUT_SOURCE_DIR "/configs/memory/ibm14nm.yaml");
  for (const std::string means : {"faulty_cells", "flipped_bits"}) {
    const auto results =
        sweep({"sweep.voltages=[0.79 Vmin]", "sweep.chips=20", "memory.curve.rate_means=" + means});
    double flipped = 0;
    double expected = 0;
    for (const auto& result : results.points) {
      if (result.point.role != sweep::Role::kSweep) continue;
      flipped += result.flipped_weight_bits / 20;
      expected += result.bit_error_rates[memory::GroupId::kFilter] / 20 * 0.5;
    }
    EXPECT_NEAR(flipped / expected, 1, 0.1) << means;
  }
}

TEST_F(MemoriesTest, ShowTellsWhatAMeasuredPointCostsAndHowSureItIs) {
  const Outcome shown = run({"faults", "show", BROWNOUT_SOURCE_DIR "/configs/memory/ibm14nm.yaml",
                             "--set", "leakage.per_bit=1 pW"});
  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  // 2 of 1,048,576: 0.242 to 7.22 expected faults (Poisson limit); 4 KiB of 1 pW a bit.
  for (const char* part : {"2.31e-07 to 6.89e-06", "7.266", "31.4", "mean 0.7055", "R2 0.9993"}) {
    EXPECT_NE(shown.output.find(part), std::string::npos) << part << "\n" << shown.output;
  }
}

}  // namespace
}  // namespace brownout::cli_test
