// SPDX-License-Identifier: Apache-2.0
#include "models/train/train_base.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "models/onnx/import.h"
#include "sim/core/error.h"
#include "tests/models/train/tiny_dataset.h"

namespace brownout::models {
namespace {

namespace fs = std::filesystem;

/// IDX, the format of MNIST: magic number, big-endian extents, bytes; gzipped.
void write_idx(const fs::path& file, const std::vector<int>& extents,
               const std::vector<std::uint8_t>& bytes) {
  std::vector<std::uint8_t> contents = {0, 0, 8, static_cast<std::uint8_t>(extents.size())};
  for (const int extent : extents) {
    for (const int shift : {24, 16, 8, 0}) {
      contents.push_back(static_cast<std::uint8_t>(extent >> shift));
    }
  }
  contents.insert(contents.end(), bytes.begin(), bytes.end());
  gzFile out = gzopen(file.c_str(), "wb");
  ASSERT_NE(out, nullptr);
  ASSERT_EQ(gzwrite(out, contents.data(), static_cast<unsigned>(contents.size())),
            static_cast<int>(contents.size()));
  ASSERT_EQ(gzclose(out), Z_OK);
}

void write_split(const fs::path& folder, const std::string& stem, const Dataset& dataset) {
  const int count = static_cast<int>(dataset.size());
  write_idx(folder / (stem + "-images-idx3-ubyte.gz"), {count, 8, 8}, dataset.pixels);
  const std::vector<std::uint8_t> labels(dataset.labels.begin(), dataset.labels.end());
  write_idx(folder / (stem + "-labels-idx1-ubyte.gz"), {count}, labels);
}

std::string contents_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class TrainBaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("brownout_train_base_") + info->name());
    fs::create_directories(folder_);
    write_split(folder_, "train", testing::tiny_dataset(96, 1));
    write_split(folder_, "t10k", testing::tiny_dataset(64, 2));
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] TrainBaseConfig config(const std::string& name) const {
    TrainBaseConfig config = testing::tiny_config(folder_ / name / "run.checkpoint");
    config.output = folder_ / name / "tiny.onnx";
    config.optimization.epochs = 10;
    config.data.folder = folder_;
    config.calibration.images = 20;
    return config;
  }

  fs::path folder_;
  std::string said_;
  TrainLog log_ = [this](const std::string& line) { said_ += line + "\n"; };
};

TEST_F(TrainBaseTest, AnInterruptedRunWritesTheSameNetworkAsAnUnbrokenOne) {
  const TrainBaseConfig unbroken = config("unbroken");
  train_base(unbroken, {}, log_);
  const TrainBaseConfig broken = config("broken");
  train_base(broken, {false, 20}, log_);
  EXPECT_FALSE(fs::exists(broken.output));
  EXPECT_NE(said_.find("stopped at step 20"), std::string::npos) << said_;
  train_base(broken, {true, 0}, log_);
  ASSERT_FALSE(contents_of(unbroken.output).empty());
  EXPECT_EQ(contents_of(broken.output), contents_of(unbroken.output));
}

TEST_F(TrainBaseTest, TheLogTellsEveryEpochAndBothAccuracies) {
  const TrainBaseConfig tiny = config("run");
  train_base(tiny, {}, log_);
  const std::string text = contents_of(folder_ / "run" / "tiny.log");
  EXPECT_NE(text.find("epoch 1/10"), std::string::npos) << text;
  EXPECT_NE(text.find("epoch 10/10"), std::string::npos) << text;
  EXPECT_NE(text.find("float32 test accuracy"), std::string::npos) << text;
  EXPECT_NE(text.find("8-bit weights"), std::string::npos) << text;
  const Graph graph = load_onnx(tiny.output);
  EXPECT_EQ(graph.tensor(graph.output).shape.channels, 10);
}

TEST_F(TrainBaseTest, AnotherBitWidthNeedsNoSecondTraining) {
  TrainBaseConfig tiny = config("run");
  train_base(tiny, {}, log_);
  const std::string first = contents_of(tiny.output);
  said_.clear();
  tiny.quantization.weight_bits = 4;
  train_base(tiny, {true, 0}, log_);
  EXPECT_EQ(said_.find("epoch"), std::string::npos) << said_;
  EXPECT_NE(contents_of(tiny.output), first);
}

TEST_F(TrainBaseTest, AnExistingCheckpointIsNotOverwritten) {
  const TrainBaseConfig tiny = config("run");
  train_base(tiny, {false, 3}, log_);
  const std::string kept = contents_of(tiny.checkpoint);
  EXPECT_THROW(train_base(tiny, {}, log_), InputError);
  EXPECT_EQ(contents_of(tiny.checkpoint), kept);
}

}  // namespace
}  // namespace brownout::models
