// SPDX-License-Identifier: Apache-2.0
// Networks others trained, from float ONNX to integers, on all of CIFAR-10's test images. Skips
// where the networks and images are not at hand.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "models/onnx/import.h"
#include "sim/model/quantize_network.h"
#include "tests/support/reference_folder.h"

namespace brownout::model {
namespace {

namespace fs = std::filesystem;

struct Network {
  const char* file;
  std::size_t correct;  ///< of 10,000 by ONNX Runtime, as published with the file
};

class ThirdParty : public testing::TestWithParam<Network> {
 protected:
  static void SetUpTestSuite() {
    const auto data = test_support::shared_folder(BROWNOUT_SOURCE_DIR, "data");
    if (!data || !fs::exists(*data / "cifar10") || !fs::exists(*data / "weights/onnx")) return;
    folder = data->string();
    images = fs::temp_directory_path() / ("brownout_cifar10_" + std::to_string(getpid()));
    const std::string command = "sh '" + folder + "/unpack.sh' '" + folder +
                                "/cifar10/test_batch.med.xz' '" + folder +
                                "/cifar10/data_batch_1.med.xz' '" + images.string() + "'";
    if (std::system(command.c_str()) != 0) folder.clear();
    for (int batch = 2; batch <= 5 && !folder.empty(); ++batch) {
      fs::copy_file(images / "data_batch_1.bin",
                    images / ("data_batch_" + std::to_string(batch) + ".bin"));
    }
  }
  static void TearDownTestSuite() { fs::remove_all(images); }
  void SetUp() override {
    if (folder.empty()) GTEST_SKIP() << "no third-party networks or CIFAR-10 at hand";
  }

  static inline std::string folder;
  static inline fs::path images;
};

TEST_P(ThirdParty, KeepsItsAccuracyInFloatAndInIntegers) {
  QuantizeNetworkConfig config;
  config.network = fs::path(folder) / "weights/onnx" / GetParam().file;
  config.output = images / "integers.onnx";
  config.calibration.dataset.kind = models::DatasetConfig::Kind::kCifar10;
  config.calibration.dataset.folder = images;
  config.calibration.dataset.split = models::DatasetConfig::Split::kTrain;
  config.calibration.images = 256;
  config.test = config.calibration;
  config.test->dataset.split = models::DatasetConfig::Split::kTest;
  config.test->images = 0;
  const QuantizeReport report = quantize_network(config, [](const std::string&) {});
  ASSERT_TRUE(report.before && report.after);
  EXPECT_EQ(report.before->images, 10000U);
  EXPECT_NEAR(static_cast<double>(report.before->correct), static_cast<double>(GetParam().correct),
              2);
  EXPECT_NEAR(static_cast<double>(report.after->correct), static_cast<double>(GetParam().correct),
              50);
  // The file gives the same network again.
  ThreadPool pool;
  const models::Dataset test = models::load_dataset(config.test->dataset);
  const models::Graph graph = models::load_onnx(config.output);
  const Score again = integer_score(graph, test, 10000, pool);
  EXPECT_EQ(again.correct, report.after->correct);
}

INSTANTIATE_TEST_SUITE_P(Networks, ThirdParty,
                         testing::Values(Network{"resnet8.onnx", 8719},
                                         Network{"resnet20.onnx", 9173},
                                         Network{"resnet32.onnx", 9263}),
                         [](const auto& network) {
                           const std::string file = network.param.file;
                           return file.substr(0, file.find('.'));
                         });

}  // namespace
}  // namespace brownout::model
