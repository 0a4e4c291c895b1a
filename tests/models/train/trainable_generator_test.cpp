// SPDX-License-Identifier: Apache-2.0
// The six generators as networks that learn, and their way through the quantiser into a file.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "models/onnx/export.h"
#include "models/onnx/import.h"
#include "models/quantizer/calibrate.h"
#include "models/quantizer/quantize.h"
#include "models/reference.h"
#include "models/train/trainable_network.h"
#include "models/zoo/untrained.h"
#include "models/zoo/zoo.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

namespace fs = std::filesystem;

constexpr double kCodeStep = 1 / 127.5;  // of an image in [-1, 1]

struct Published {
  const char* name;
  std::uint64_t parameters;
  double mega_macs;  ///< as printed
  double half_digit;
};

class GeneratorTest : public ::testing::TestWithParam<Published> {
 protected:
  /// With statistics and weights as after some training.
  static TrainableNetwork trained(const Shape& input) {
    torch::manual_seed(11);
    TrainableNetwork network(make_architecture({GetParam().name, input}), QuantizeConfig{});
    network.train();
    const torch::NoGradGuard no_gradients;
    for (auto& parameter : network.parameters()) parameter += 0.05 * torch::randn_like(parameter);
    for (int i = 0; i < 4; ++i) network.forward(images(8, input));
    network.eval();
    return network;
  }
  /// Smooth ones, whose pixels are bytes.
  static torch::Tensor images(std::int64_t count, const Shape& input) {
    const torch::Tensor coarse = torch::rand({count, input.channels, 4, 4});
    const torch::Tensor fine =
        torch::upsample_bilinear2d(coarse, {input.height, input.width}, true);
    return (fine * 255).round().sub(128) / 127.5;
  }
  static std::vector<float> hwc(const torch::Tensor& image) {
    const torch::Tensor flat = image.permute({1, 2, 0}).contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
  }
  static Graph quantized(const FloatNetwork& network, const torch::Tensor& calibration) {
    Calibrator calibrator(network, {});
    for (std::int64_t i = 0; i < calibration.size(0); ++i) calibrator.add(hwc(calibration[i]));
    QuantizeConfig config;
    config.coded_output = true;
    return quantize(network, calibrator.ranges(), config);
  }
  static FloatNetwork exported(const TrainableNetwork& network, int channels) {
    FloatNetwork result = network.exported();
    result.name = GetParam().name;
    const auto count = static_cast<std::size_t>(channels);
    result.preprocessing = {std::vector<double>(count, 128.0 / 255),
                            std::vector<double>(count, 0.5)};
    return result;
  }
};

TEST_P(GeneratorTest, HasThePublishedParametersAndMacs) {
  TrainableNetwork network(make_architecture({GetParam().name}), QuantizeConfig{});
  std::uint64_t parameters = 0;
  for (const torch::Tensor& p : network.parameters()) {
    parameters += static_cast<std::uint64_t>(p.numel());
  }
  EXPECT_EQ(parameters, GetParam().parameters);
  const FloatCounts counts = make_untrained(make_architecture({GetParam().name})).counts;
  EXPECT_EQ(counts.parameters(), parameters);
  EXPECT_NEAR(static_cast<double>(counts.macs()) / 1e6, GetParam().mega_macs,
              GetParam().half_digit);
  // What learns has the layers that were counted.
  const FloatNetwork float_network = network.exported();
  const UntrainedNetwork untrained = make_untrained(make_architecture({GetParam().name}));
  ASSERT_EQ(float_network.nodes.size(), untrained.graph.nodes.size());
  const std::vector<Shape> shapes = tensor_shapes(float_network);
  for (std::size_t i = 0; i < float_network.nodes.size(); ++i) {
    EXPECT_EQ(float_network.nodes[i].name, untrained.graph.nodes[i].name);
    EXPECT_EQ(shapes[i + 1], untrained.graph.tensor(untrained.graph.nodes[i].output).shape);
  }
}

TEST_P(GeneratorTest, TheExportedOneIsTheSameFunctionForAnyInput) {
  for (const Shape& input : {Shape{1, 8, 16}, Shape{3, 24, 8}, Shape{2, 32, 32}}) {
    TrainableNetwork network = trained(input);
    const torch::NoGradGuard no_gradients;
    const torch::Tensor image = images(1, input);
    const torch::Tensor expected = network.forward(image)[0];
    ASSERT_EQ(expected.sizes(), image[0].sizes());
    const auto values = evaluate(exported(network, input.channels), hwc(image[0])).back();
    const auto wanted = hwc(expected);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_NEAR(values[i], wanted[i], 1e-4 * (1 + std::fabs(wanted[i])));
    }
  }
}

TEST_P(GeneratorTest, EightBitsStayCloseAndSurviveTheFile) {
  const Shape input{3, 32, 32};
  TrainableNetwork network = trained(input);
  const torch::NoGradGuard no_gradients;
  const Graph made = quantized(exported(network, 3), images(16, input));
  const fs::path file =
      fs::temp_directory_path() / (std::string("brownout_generator_") + GetParam().name + ".onnx");
  save_onnx(made, file);
  const Graph graph = load_onnx(file);
  fs::remove(file);
  const Tensor& output = graph.tensor(graph.output);
  EXPECT_EQ(output.type, ElementType::kUint8);
  EXPECT_EQ(output.shape, input);
  const torch::Tensor unseen = images(2, input);
  const torch::Tensor expected = network.forward(unseen);
  double signal = 0;
  double noise = 0;
  for (std::int64_t n = 0; n < unseen.size(0); ++n) {
    std::vector<std::uint8_t> codes;
    for (const float x : hwc(unseen[n])) {
      codes.push_back(static_cast<std::uint8_t>(std::lround(x / kCodeStep) + 128));
    }
    const Inference inference = run_reference(graph, codes);
    EXPECT_EQ(inference.logits, run_reference(made, codes).logits);
    const auto wanted = hwc(expected[n]);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const double real = inference.logits[i] * output.scale.front();
      signal += std::pow(static_cast<double>(wanted[i]), 2);
      noise += std::pow(real - static_cast<double>(wanted[i]), 2);
    }
  }
  EXPECT_GT(10 * std::log10(signal / noise), 20) << "dB";
}

TEST_P(GeneratorTest, AFreshOneBecomesTheIntegerNetwork) {
  const Shape input{3, 16, 24};
  TrainableNetwork original = trained(input);
  const torch::NoGradGuard no_gradients;
  const torch::Tensor seen = images(16, input);
  const fs::path file =
      fs::temp_directory_path() / (std::string("brownout_start_") + GetParam().name + ".onnx");
  save_onnx(quantized(exported(original, 3), seen), file);
  Graph graph = load_onnx(file);
  fs::remove(file);
  TrainableNetwork network(make_architecture({GetParam().name, input}), QuantizeConfig{});
  ASSERT_TRUE(network.is_training());
  network.adopt(graph, seen);
  EXPECT_TRUE(network.is_training());
  const auto share_lost = [&](const torch::Tensor& given, const torch::Tensor& wanted) {
    return ((given - wanted).square().sum() / wanted.square().sum()).item<double>();
  };
  // On the images of its statistics batch norm's two modes are one function.
  const torch::Tensor by_the_batch = network.forward(seen);
  network.eval();
  EXPECT_LT(share_lost(by_the_batch, original.forward(seen)), 1e-3);
  const torch::Tensor unseen = images(4, input);
  EXPECT_LT(share_lost(network.forward(unseen), original.forward(unseen)), 1e-5);
  // The same weights at another stride are another function.
  for (Node& node : graph.nodes) {
    if (auto* conv = std::get_if<Conv>(&node.operation)) conv->window.stride_h += 1;
  }
  EXPECT_THROW(network.adopt(graph, seen), InputError);
}

TEST_P(GeneratorTest, AnIntegerNetworkOfAnotherKindIsNamed) {
  const Shape input{3, 16, 16};
  TrainableNetwork network(make_architecture({GetParam().name, input}), QuantizeConfig{});
  for (const char* other : {"conv_l", "conv_s", "deconv_l", "deconv_s", "unet_l", "unet_s"}) {
    if (other == std::string(GetParam().name)) continue;
    const Graph graph = make_untrained(make_architecture({other, input})).graph;
    try {
      network.adopt(graph, images(4, input));
      FAIL() << "became a " << other;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find(graph.name), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("allowed"), std::string::npos) << error.what();
    }
  }
}

TEST_P(GeneratorTest, ItsOutputCanStartSmall) {
  const Shape input{3, 16, 16};
  TrainableNetwork network(make_architecture({GetParam().name, input}), std::nullopt);
  const torch::NoGradGuard no_gradients;
  network.train();
  const torch::Tensor image = images(4, input);
  const double before = network.forward(image).abs().max().item<double>();
  network.scale_output(0.01);
  EXPECT_LT(network.forward(image).abs().max().item<double>(), 0.1 * before);
}

INSTANTIATE_TEST_SUITE_P(Each, GeneratorTest,
                         ::testing::Values(Published{"conv_l", 723273, 80.5, 0.05},
                                           Published{"conv_s", 113187, 10.34, 0.005},
                                           Published{"deconv_l", 647785, 64.69, 0.005},
                                           Published{"deconv_s", 156777, 22.44, 0.005},
                                           Published{"unet_l", 482771, 41.41, 0.005},
                                           Published{"unet_s", 121195, 10.58, 0.005}),
                         [](const auto& generator) { return std::string(generator.param.name); });

}  // namespace
}  // namespace brownout::models
