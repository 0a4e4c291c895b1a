// SPDX-License-Identifier: Apache-2.0
#include "sim/model/quantize_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "models/onnx/import.h"
#include "models/zoo/untrained.h"
#include "sim/config/document.h"
#include "sim/core/error.h"
#include "sim/model/inspect.h"
#include "tests/models/onnx/float_maker.h"

namespace brownout::model {
namespace {

using testing::HasSubstr;

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<float>(i * 7 % 13) / 13.0F - 0.4F);
  }
  return values;
}

/// A convolution, a pooling and a linear layer over Fashion-MNIST's images.
QuantizeNetworkConfig small_config(int extent = 28) {
  models::FloatMaker maker({1, extent, extent});
  maker.node("Conv", "conv", {"image", maker.floats("w", {3, 1, 3, 3}, ramp(27))});
  maker.node("Relu", "positive", {"conv"});
  maker.node("GlobalAveragePool", "pool", {"positive"});
  maker.node("Flatten", "flat", {"pool"});
  maker.node("Gemm", "y", {"flat", maker.floats("v", {3, 10}, ramp(30))});
  QuantizeNetworkConfig config;
  config.network = models::test_file("quantize_float.onnx");
  config.output = models::test_file("quantize_integers.onnx");
  std::filesystem::remove(config.output);
  maker.output("y").save(config.network.string());
  config.calibration.images = 8;
  config.test = ImageChoice{{}, 50};
  return config;
}

std::string refusal(const QuantizeNetworkConfig& config) {
  try {
    static_cast<void>(quantize_network(config, [](const std::string&) {}));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(QuantizeConfig, ShippedOnesRead) {
  int found = 0;
  const auto folder = std::filesystem::path(BROWNOUT_SOURCE_DIR) / "configs/quantize";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(file.path());
    config::Document document = config::Document::load(file.path(), {});
    const QuantizeNetworkConfig config = read_quantize_config(document.root());
    EXPECT_NO_THROW(document.finish());
    EXPECT_TRUE(config.test.has_value());
    ++found;
  }
  EXPECT_GE(found, 1);
}

TEST(QuantizeNetwork, WritesTheNetworkItReportsOn) {
  for (const auto method :
       {models::RangeChoice::Method::kMinMax, models::RangeChoice::Method::kPercentile,
        models::RangeChoice::Method::kMse}) {
    QuantizeNetworkConfig config = small_config();
    config.ranges.method = method;
    const QuantizeReport report = quantize_network(config, [](const std::string&) {});
    const models::Graph graph = models::load_onnx(config.output);
    ASSERT_EQ(report.layers.size(), graph.nodes.size());
    for (const LayerReport& layer : report.layers) EXPECT_GT(layer.output_db, 15) << layer.name;
    ASSERT_TRUE(report.after);
    ThreadPool pool(1);
    const models::Dataset images = models::load_dataset(config.test->dataset);
    EXPECT_EQ(integer_score(graph, images, 50, pool).correct, report.after->correct);
    EXPECT_NEAR(static_cast<double>(report.after->correct),
                static_cast<double>(report.before->correct), 3);
  }
}

TEST(QuantizeNetwork, FewerBitsGiveLessSignal) {
  QuantizeNetworkConfig config = small_config();
  config.test.reset();
  double before = 1e9;
  for (const int bits : {8, 6, 4, 2}) {
    config.weights.weight_bits = bits;
    const QuantizeReport report = quantize_network(config, [](const std::string&) {});
    const double decibels = report.layers.front().weight_db.value();
    EXPECT_LT(decibels, before) << bits;
    before = decibels;
  }
}

TEST(QuantizeNetwork, SaysWhatDoesNotFitAndWritesNothing) {
  QuantizeNetworkConfig config = small_config(32);
  EXPECT_THAT(refusal(config), HasSubstr("images of 1 x 28 x 28"));
  EXPECT_FALSE(std::filesystem::exists(config.output));
  config = small_config();
  config.calibration.images = 100000;
  EXPECT_THAT(refusal(config), HasSubstr("found 100000 images, allowed: at most 10000"));
  config = small_config();
  config.preprocessing = models::Preprocessing{{0, 0, 0}, {1, 1, 1}};
  EXPECT_THAT(refusal(config), HasSubstr("preprocessing has 3 channels, the network 1"));
}

TEST(Inspect, AddsUpToTheNetwork) {
  const models::Graph graph =
      models::make_untrained(models::ZooChoice{"resnet18", {3, 32, 32}, 10}).graph;
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;
  for (const sweep::LayerCosts& layer : sweep::layer_costs(graph)) {
    macs += layer.macs;
    parameters += layer.parameters;
  }
  EXPECT_EQ(macs, models::mac_count(graph));
  EXPECT_EQ(parameters, models::parameter_count(graph));
  EXPECT_THAT(inspect_text(graph), HasSubstr(std::to_string(macs)));
}

}  // namespace
}  // namespace brownout::model
