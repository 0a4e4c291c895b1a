// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/fuse_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fuse/train/chip_source.h"
#include "sim/config/document.h"
#include "sim/core/error.h"
#include "tests/accel/machine_fixture.h"

namespace brownout::fuse {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(BROWNOUT_SOURCE_DIR) / "configs/train";
const fs::path kShipped = kFolder / "fuse_fashion_conv_s.yaml";

TrainFuseConfig read(const fs::path& file, const config::Overrides& overrides = {}) {
  config::Document document = config::Document::load(file, overrides);
  TrainFuseConfig result = read_train_fuse_config(document.root());
  document.finish();
  return result;
}

void expect_error(const config::Overrides& overrides, const std::string& expected) {
  try {
    static_cast<void>(read(kShipped, overrides));
    FAIL() << "accepted, expected: " << expected;
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
  }
}

TEST(TrainFuseConfig, EveryShippedConfigIsWithinThePapersObjective) {
  int found = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(kFolder)) {
    if (file.path().stem().string().rfind("fuse_", 0) != 0) continue;
    SCOPED_TRACE(file.path());
    ++found;
    const TrainFuseConfig config = read(file.path());
    EXPECT_EQ(config.name, file.path().stem());
    EXPECT_EQ(config.output.stem(), file.path().stem());
    EXPECT_GE(config.objective.lambda,
              1);  // Table 10: above, little changes; below, less comes back
    EXPECT_LE(config.objective.lambda, 10);
    EXPECT_LE(config.optimization.learning_rate, 1e-3);  // lower where training goes on
    EXPECT_EQ(config.quantization.weight_bits, 8);
    EXPECT_TRUE(config.quantization.coded_output);
    for (const double rate : config.evaluation.rates) {
      EXPECT_NO_THROW(static_cast<void>(voltage_at(config.machine.memory.curve, rate)));
    }
  }
  EXPECT_GE(found, 4);
}

TEST(TrainFuseConfig, DefaultsAreThePapers) {
  const TrainFuseConfig config{accel::small_machine(4, 4, 4)};
  EXPECT_EQ(config.objective.lambda, 5);
  EXPECT_EQ(config.objective.perturbed, 10);
  EXPECT_EQ(config.objective.sharing, ChipSharing::kStep);
  EXPECT_EQ(config.optimization.batch, 25);
  EXPECT_FALSE(config.optimization.decay);
}

TEST(TrainFuseConfig, OptionsReachTheirPlaces) {
  const TrainFuseConfig config =
      read(kShipped, {"generator.kind=universal", "faults.known_chip=7",
                      "faults.bit_error_rates=[0.001, 0.01]", "surrogates=[{file: a.onnx}]",
                      "pretraining={kind: distillation, epochs: 3}"});
  EXPECT_TRUE(config.generator.zoo.empty());
  EXPECT_EQ(config.faults.known_chip, 7U);
  EXPECT_EQ(config.faults.rates, (std::vector<double>{0.001, 0.01}));
  ASSERT_EQ(config.surrogates.size(), 1U);
  EXPECT_EQ(config.surrogates.front().filename(), "a.onnx");
  EXPECT_EQ(config.pretraining.kind, PretrainingConfig::Kind::kDistillation);
  EXPECT_EQ(config.pretraining.epochs, 3);
}

TEST(TrainFuseConfig, WrongValuesAreNamedWithWhatIsAllowed) {
  expect_error({"generator.kind=conv_m"}, "generator.kind");
  expect_error({"generator.kind=vgg11"}, "generator.kind");
  expect_error({"faults.rail=wheels"}, "of the accelerator 'os32'");
  expect_error({"faults.bit_error_rates=[]"}, "faults.bit_error_rates");
  expect_error({"faults.bit_error_rates=[0.01, 0.001]"}, "faults.bit_error_rates");
  expect_error({"faults.bit_error_rates=[0.4]"}, "faults.bit_error_rates: a share of 0.4");
  expect_error({"evaluation.bit_error_rates=[0.4]"}, "evaluation.bit_error_rates");
  expect_error({"faults.voltages=[0.83 Vmin]"}, "allowed: one of both");
  expect_error({"faults.first_chip=5"}, "allowed: above every chip of held_out and evaluation");
  expect_error(
      {"objective.chips_per=deal", "objective.perturbed=10", "optimization.batch=10"},
      "optimization: batch is 10, allowed with objective.chips_per deal: one image for each of 11");
  // One known chip is all there is, whatever N.
  EXPECT_NO_THROW(static_cast<void>(
      read(kFolder / "fuse_fashion_conv_s_known_chip.yaml",
           {"objective.chips_per=deal", "objective.perturbed=10", "optimization.batch=2"})));
  expect_error({"generator.start=a.onnx", "generator.output_gain=1"},
               "pretraining: found with generator.start");
  expect_error({"generator.start=a.onnx", "generator.output_gain=0.5", "pretraining=none"},
               "generator.start: found with output_gain");
  expect_error({"objective.chips_per=image"}, "objective.chips_per");
  expect_error({"objective.lamda=5"}, "lambda");
  expect_error({"optimization.batch=1"}, "optimization.batch");
}

}  // namespace
}  // namespace brownout::fuse
