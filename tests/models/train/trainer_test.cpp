// SPDX-License-Identifier: Apache-2.0
#include "models/train/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "models/data/input_encoder.h"
#include "models/train/batches.h"
#include "sim/core/error.h"
#include "tests/models/train/network_numbers.h"
#include "tests/models/train/tiny_dataset.h"

namespace brownout::models {
namespace {

namespace fs = std::filesystem;
using testing::numbers;

class TrainerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string("brownout_") + info->name();
    std::replace(name.begin(), name.end(), '/', '_');
    folder_ = fs::temp_directory_path() / name;
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] TrainBaseConfig config() const {
    return testing::tiny_config(folder_ / "run.checkpoint");
  }

  fs::path folder_;
  Dataset train_ = testing::tiny_dataset(96, 1);
  Dataset test_ = testing::tiny_dataset(64, 2);
};

void ignore(const std::string&) {}

/// The epoch lines without the last two fields, which tell the speed.
std::string without_pace(const std::string& history) {
  std::istringstream lines(history);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    result += line.substr(0, line.find(" %, ", line.find("test"))) + "\n";
  }
  return result;
}

/// How products are computed while training.
struct Arithmetic {
  const char* name;
  Precision precision;
  bool quantized_weights;
};

class TrainerArithmeticTest : public TrainerTest,
                              public ::testing::WithParamInterface<Arithmetic> {};

TEST_P(TrainerArithmeticTest, AResumedRunEndsWithTheBitsOfAnUnbrokenOne) {
  TrainBaseConfig tiny = config();
  tiny.optimization.precision = GetParam().precision;
  tiny.optimization.quantized_weights = GetParam().quantized_weights;
  Trainer unbroken(tiny, train_, test_);
  ASSERT_TRUE(unbroken.run(0, ignore));
  fs::remove(tiny.checkpoint);

  for (const std::int64_t stop : {3, 6, 15}) {  // six steps an epoch: inside, at its end, later
    Trainer trainer(tiny, train_, test_);
    if (fs::exists(tiny.checkpoint)) trainer.restore(tiny.checkpoint);
    EXPECT_FALSE(trainer.run(stop, ignore));
    EXPECT_EQ(trainer.step(), stop);
  }
  Trainer resumed(tiny, train_, test_);
  resumed.restore(tiny.checkpoint);
  EXPECT_EQ(resumed.step(), 15);
  EXPECT_NE(numbers(resumed.network()), numbers(unbroken.network()));
  ASSERT_TRUE(resumed.run(0, ignore));
  EXPECT_EQ(numbers(resumed.network()), numbers(unbroken.network()));
  EXPECT_EQ(without_pace(resumed.history()), without_pace(unbroken.history()));
  const std::string& history = resumed.history();
  EXPECT_EQ(std::count(history.begin(), history.end(), '\n'), 4);
}

INSTANTIATE_TEST_SUITE_P(Each, TrainerArithmeticTest,
                         ::testing::Values(Arithmetic{"float32", Precision::kFloat32, false},
                                           Arithmetic{"automatic", Precision::kAuto, false},
                                           Arithmetic{"rounded", Precision::kAuto, true}),
                         [](const auto& arithmetic) { return arithmetic.param.name; });

TEST_F(TrainerTest, LearnsAndTheExportedNetworkClassifiesTheSame) {
  TrainBaseConfig tiny = config();
  tiny.optimization.epochs = 10;
  Trainer trainer(tiny, train_, test_);
  trainer.run(0, ignore);
  const double accuracy = trainer.test_accuracy();
  EXPECT_GT(accuracy, 0.9);
  const FloatNetwork network = trainer.network();
  int correct = 0;
  for (std::size_t i = 0; i < test_.size(); ++i) {
    const auto logits = evaluate(network, preprocess(test_, i, network.preprocessing)).back();
    if ((logits[1] > logits[0] ? 1 : 0) == test_.labels[i]) ++correct;
  }
  EXPECT_EQ(correct / static_cast<double>(test_.size()), accuracy);
}

TEST_F(TrainerTest, TheSeedDecides) {
  TrainBaseConfig tiny = config();
  Trainer one(tiny, train_, test_);
  Trainer same(tiny, train_, test_);
  tiny.seed = 2;
  Trainer other(tiny, train_, test_);
  EXPECT_EQ(numbers(one.network()), numbers(same.network()));
  EXPECT_NE(numbers(one.network()), numbers(other.network()));
}

TEST_F(TrainerTest, ACheckpointOfAnotherConfigurationIsRejected) {
  TrainBaseConfig tiny = config();
  Trainer(tiny, train_, test_).run(2, ignore);
  tiny.optimization.learning_rate = 0.05;
  Trainer other(tiny, train_, test_);
  EXPECT_THROW(other.restore(tiny.checkpoint), InputError);
}

TEST_F(TrainerTest, ADamagedCheckpointIsRejected) {
  const TrainBaseConfig tiny = config();
  Trainer trainer(tiny, train_, test_);
  EXPECT_THROW(trainer.restore(tiny.checkpoint), InputError);
  trainer.run(2, ignore);
  fs::resize_file(tiny.checkpoint, fs::file_size(tiny.checkpoint) / 2);
  EXPECT_THROW(trainer.restore(tiny.checkpoint), InputError);
  std::ofstream(tiny.checkpoint) << "not a checkpoint";
  EXPECT_THROW(trainer.restore(tiny.checkpoint), InputError);
}

TEST_F(TrainerTest, DivergenceIsAnError) {
  TrainBaseConfig tiny = config();
  tiny.optimization.learning_rate = 1e30;
  Trainer trainer(tiny, train_, test_);
  EXPECT_THROW(trainer.run(0, ignore), SimulationError);
}

TEST_F(TrainerTest, FewerImagesThanABatchAreRejected) {
  const Dataset few = testing::tiny_dataset(8, 1);
  EXPECT_THROW(Trainer(config(), few, test_), InputError);
}

}  // namespace
}  // namespace brownout::models
