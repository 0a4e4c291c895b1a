// SPDX-License-Identifier: Apache-2.0
#include "models/train/base_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sim/config/document.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

namespace fs = std::filesystem;

TrainBaseConfig read(const fs::path& file, const config::Overrides& overrides = {}) {
  config::Document document = config::Document::load(file, overrides);
  TrainBaseConfig result = read_train_base_config(document.root());
  document.finish();
  return result;
}

const fs::path kShipped = fs::path(BROWNOUT_SOURCE_DIR) / "configs/train/fashion_resnet.yaml";

TEST(TrainBaseConfig, ReadsTheShippedConfig) {
  const TrainBaseConfig config = read(kShipped);
  EXPECT_EQ(config.name, "fashion_resnet");
  EXPECT_EQ(config.output, fs::path(BROWNOUT_SOURCE_DIR) / "models/zoo/fashion_resnet.onnx");
  EXPECT_EQ(config.data.pad_to, 32);
  EXPECT_EQ(config.network.residual.widths, (std::vector<int>{32, 64, 128}));
  EXPECT_DOUBLE_EQ(config.optimization.weight_decay, 5e-4);
  EXPECT_EQ(config.quantization.weight_bits, 8);
  EXPECT_FALSE(config.optimization.quantized_weights);
}

TEST(TrainBaseConfig, EveryShippedConfigReads) {
  int zoo = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(kShipped.parent_path())) {
    const bool generator = file.path().stem().string().rfind("fuse_", 0) == 0;
    if (!file.is_regular_file() || generator) continue;
    SCOPED_TRACE(file.path());
    const TrainBaseConfig config = read(file.path());
    EXPECT_EQ(config.name, file.path().stem());
    EXPECT_EQ(config.output.stem(), file.path().stem());
    if (config.network.zoo.empty()) continue;
    ++zoo;
    EXPECT_EQ(config.name, config.network.zoo + "_cifar10");
    EXPECT_EQ(config.data.kind, DatasetConfig::Kind::kCifar10);
    EXPECT_EQ(config.quantization.weight_bits, 8);
    EXPECT_FALSE(config.quantization.per_channel);
  }
  EXPECT_EQ(zoo, 5);
}

TEST(TrainBaseConfig, ANetworkIsEitherOfTheZooOrResidual) {
  const fs::path vgg = kShipped.parent_path() / "vgg11_cifar10.yaml";
  for (const char* wrong : {"network.zoo=conv_l", "network.zoo=vgg12", "network.stem=8"}) {
    try {
      static_cast<void>(read(vgg, {wrong}));
      FAIL() << wrong << " was accepted";
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("network."), std::string::npos) << error.what();
    }
  }
}

TEST(TrainBaseConfig, OverridesReachEverySection) {
  const TrainBaseConfig config =
      read(kShipped, {"optimization.precision=float32", "checkpoint_every=5 s",
                      "augmentation.flip=false", "quantization.weight_bits=4"});
  EXPECT_EQ(config.optimization.precision, Precision::kFloat32);
  EXPECT_EQ(config.checkpoint_every.count(), 5e12);
  EXPECT_FALSE(config.augmentation.flip);
  EXPECT_EQ(config.quantization.weight_bits, 4);
}

TEST(TrainBaseConfig, StagesNeedOneEntryInEachList) {
  try {
    static_cast<void>(read(kShipped, {"network.blocks=[1, 1]", "optimization.batch=1"}));
    FAIL() << "two entries for three stages were accepted";
  } catch (const InputError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("network.blocks"), std::string::npos) << message;
    EXPECT_NE(message.find("optimization.batch"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace brownout::models
