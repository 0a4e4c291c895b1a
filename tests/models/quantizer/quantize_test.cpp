// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "models/onnx/export.h"
#include "models/onnx/import.h"
#include "models/reference.h"
#include "sim/core/error.h"
#include "tests/models/quantizer/random_float_network.h"

namespace brownout::models {
namespace {

using testing::random_image;
using testing::random_network;

constexpr unsigned kSeeds = 20;

std::vector<Range> calibrated(const FloatNetwork& network, unsigned seed) {
  std::mt19937 rng(seed + 1000);
  Calibrator calibrator(network, {RangeChoice::Method::kMinMax, 100.0});
  for (int i = 0; i < 20; ++i) calibrator.add(random_image(rng, network));
  return calibrator.ranges();
}

Graph quantized(const FloatNetwork& network, unsigned seed, const QuantizeConfig& config = {}) {
  return quantize(network, calibrated(network, seed), config);
}

FloatConv& conv_at(FloatNetwork& network, std::size_t node) {
  return std::get<FloatConv>(network.nodes[node].operation);
}
const Conv& conv_at(const Graph& graph, std::size_t node) {
  return std::get<Conv>(graph.nodes[node].operation);
}

double real_of(const Tensor& tensor, double code) {
  return tensor.scale.front() * (code - tensor.zero_point);
}

std::vector<std::uint8_t> codes_of(const Tensor& tensor, const std::vector<float>& values) {
  std::vector<std::uint8_t> codes;
  for (const float value : values) {
    const double code = std::round(static_cast<double>(value) / tensor.scale.front());
    codes.push_back(static_cast<std::uint8_t>(std::clamp(code + tensor.zero_point, 0.0, 255.0)));
  }
  return codes;
}

std::vector<float> reals_of(const Tensor& tensor, const std::vector<std::uint8_t>& codes) {
  std::vector<float> values;
  for (const std::uint8_t code : codes) values.push_back(static_cast<float>(real_of(tensor, code)));
  return values;
}

/// The trained weights rounded to multiples of max|W| / 127, by the book.
FloatNetwork with_rounded_weights(FloatNetwork network) {
  for (FloatNode& node : network.nodes) {
    auto* conv = std::get_if<FloatConv>(&node.operation);
    if (conv == nullptr) continue;
    float largest = 0.0F;
    for (const float weight : conv->weights) largest = std::max(largest, std::fabs(weight));
    const float step = largest / 127.0F;
    for (float& weight : conv->weights) weight = step * std::round(weight / step);
  }
  return network;
}

/// What node `i` gives in float for the codes its inputs really had.
std::vector<float> float_output(const FloatNetwork& network, const Graph& graph, std::size_t i,
                                const std::vector<std::vector<std::uint8_t>>& codes) {
  const FloatNode& node = network.nodes[i];
  const auto input = [&](std::size_t k) {
    return reals_of(graph.tensors[node.inputs[k]], codes[node.inputs[k]]);
  };
  if (const auto* add = std::get_if<FloatAdd>(&node.operation)) {
    std::vector<float> sum = input(0);
    const std::vector<float> other = input(1);
    for (std::size_t k = 0; k < sum.size(); ++k) {
      sum[k] = add->relu ? std::max(0.0F, sum[k] + other[k]) : sum[k] + other[k];
    }
    return sum;
  }
  FloatNetwork single;
  single.input = graph.tensors[node.inputs.front()].shape;
  single.nodes.push_back({node.name, node.operation, {0}});
  return evaluate(single, input(0)).back();
}

TEST(Quantize, EveryLayerIsTheFloatLayerRoundedToItsCodes) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const FloatNetwork network = random_network(seed);
    const FloatNetwork rounded = with_rounded_weights(network);
    const Graph graph = quantized(network, seed);
    std::mt19937 rng(seed);
    std::vector<std::vector<std::uint8_t>> codes = {
        codes_of(graph.tensors[0], random_image(rng, network))};
    const Inference inference = run_reference(graph, codes.front());
    codes.insert(codes.end(), inference.codes.begin(), inference.codes.end());
    for (std::size_t i = 0; i + 1 < network.nodes.size(); ++i) {
      const auto real = float_output(rounded, graph, i, codes);
      const auto expected = codes_of(graph.tensors[i + 1], real);
      for (std::size_t k = 0; k < expected.size(); ++k) {
        // Rounding of bias and multiplier may tip a half, never more.
        ASSERT_LE(std::abs(int{codes[i + 1][k]} - int{expected[k]}), 1)
            << "seed " << seed << ", " << network.nodes[i].name << ", element " << k;
      }
    }
    const auto logits = float_output(rounded, graph, network.nodes.size() - 1, codes);
    for (std::size_t k = 0; k < logits.size(); ++k) {
      const double real = graph.tensors.back().scale.front() * inference.logits[k];
      EXPECT_NEAR(real, logits[k], graph.tensors.back().scale.front() + 1e-5) << "seed " << seed;
    }
  }
}

TEST(Quantize, TheWholeNetworkStaysCloseToTheFloatOne) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const FloatNetwork network = random_network(seed);
    const Graph graph = quantized(network, seed);
    std::mt19937 rng(seed);
    const auto image = random_image(rng, network);
    const auto expected = evaluate(network, image).back();
    const Inference inference = run_reference(graph, codes_of(graph.tensors[0], image));
    for (std::size_t k = 0; k < expected.size(); ++k) {
      const double real = graph.tensors.back().scale.front() * inference.logits[k];
      EXPECT_NEAR(real, expected[k], 0.15) << "seed " << seed;  // of logits up to 8
    }
  }
}

TEST(Quantize, BatchNormDoesNotTouchTheSizeOfStoredWeights) {
  FloatNetwork network = random_network(3);
  FloatConv& conv = conv_at(network, 0);
  conv.batch_norm->gamma = {1.5F, -1.5F, 0.01F, -0.01F, 1.0F};
  conv.batch_norm->variance.assign(5, 0.25F);
  const Graph graph = quantized(network, 3);
  const Conv& stored = conv_at(graph, 0);
  float largest = 0.0F;
  for (const float weight : conv.weights) largest = std::max(largest, std::fabs(weight));
  const std::size_t fan_in = conv.weights.size() / 5;
  for (std::size_t i = 0; i < conv.weights.size(); ++i) {
    const float sign = conv.batch_norm->gamma[i / fan_in] < 0.0F ? -1.0F : 1.0F;
    EXPECT_EQ(stored.weights[i], sign * std::round(conv.weights[i] * 127.0F / largest)) << i;
  }
  ASSERT_EQ(stored.weight_scale.size(), 5U);
  EXPECT_NEAR(stored.weight_scale[1], largest / 127.0 * 3.0, 1e-4);
  EXPECT_DOUBLE_EQ(stored.weight_scale[0], stored.weight_scale[1]);
}

TEST(Quantize, AChannelWithGainZeroIsItsOffset) {
  for (const float gamma : {0.0F, -0.0F, 1e-30F, -1e-12F}) {
    FloatNetwork network = random_network(1);
    conv_at(network, 0).batch_norm->gamma[2] = gamma;
    conv_at(network, 0).batch_norm->beta[2] = 0.7F;
    const Graph graph = quantized(network, 1);
    std::mt19937 rng(1);
    const auto codes = codes_of(graph.tensors[0], random_image(rng, network));
    const Inference inference = run_reference(graph, codes);
    const double step = graph.tensors[1].scale.front();
    for (std::size_t k = 2; k < inference.codes[0].size(); k += 5) {
      EXPECT_NEAR(real_of(graph.tensors[1], inference.codes[0][k]), 0.7, 0.51 * step);
    }
    // Its weights are stored as trained all the same.
    const Conv& stored = conv_at(graph, 0);
    const auto middle = stored.weights.begin() + 36;
    EXPECT_TRUE(std::any_of(middle, middle + 18, [](std::int8_t w) { return w != 0; }));
  }
}

TEST(Quantize, OffsetsFarOutsideTheRangeSaturateInsteadOfWrapping) {
  FloatNetwork network = random_network(2);
  const std::vector<Range> ranges = calibrated(network, 2);
  conv_at(network, 0).batch_norm->beta = {1e9F, -1e9F, 1e30F, 0.0F, 0.0F};
  const Graph graph = quantize(network, ranges, {});
  std::mt19937 rng(2);
  const Inference inference =
      run_reference(graph, codes_of(graph.tensors[0], random_image(rng, network)));
  EXPECT_EQ(inference.codes[0][0], 255);
  EXPECT_EQ(inference.codes[0][1], 0);
  EXPECT_EQ(inference.codes[0][2], 255);
}

TEST(Quantize, FewerBitsUseFewerCodes) {
  const FloatNetwork network = random_network(4);
  for (const int bits : {2, 4, 8}) {
    const Graph graph = quantized(network, 4, {bits, false});
    int largest = 0;
    for (const std::int8_t weight : conv_at(graph, 0).weights) {
      largest = std::max(largest, std::abs(int{weight}));
    }
    EXPECT_EQ(largest, (1 << (bits - 1)) - 1);
  }
}

TEST(Quantize, PerChannelUsesAllCodesInEveryChannel) {
  const FloatNetwork network = random_network(5);
  const Graph graph = quantized(network, 5, {8, true});
  const std::vector<std::int8_t>& weights = conv_at(graph, 1).weights;
  const std::size_t fan_in = weights.size() / 4;
  for (std::size_t channel = 0; channel < 4; ++channel) {
    int largest = 0;
    for (std::size_t i = 0; i < fan_in; ++i) {
      largest = std::max(largest, std::abs(int{weights[channel * fan_in + i]}));
    }
    EXPECT_EQ(largest, 127) << channel;
  }
}

TEST(Quantize, TheLinearLayerKeepsOneScaleAndItsAccumulators) {
  const Graph graph = quantized(random_network(6), 6);
  EXPECT_EQ(conv_at(graph, 5).weight_scale.size(), 1U);
  EXPECT_TRUE(conv_at(graph, 5).requantizer.multiplier.empty());
  EXPECT_EQ(graph.tensors.back().type, ElementType::kInt32);
}

TEST(Quantize, OnnxKeepsEveryNumber) {
  const auto file = std::filesystem::temp_directory_path() / "brownout_quantize_test.onnx";
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    FloatNetwork network = random_network(seed);
    if (seed % 3 == 0) conv_at(network, 0).batch_norm->gamma[0] = 0.0F;
    const Graph graph = quantized(network, seed);
    save_onnx(graph, file);
    const Graph loaded = load_onnx(file);
    std::mt19937 rng(seed);
    const auto codes = codes_of(graph.tensors[0], random_image(rng, network));
    EXPECT_TRUE(run_reference(graph, codes) == run_reference(loaded, codes)) << "seed " << seed;
    EXPECT_EQ(conv_at(loaded, 0).weights, conv_at(graph, 0).weights);
  }
  std::filesystem::remove(file);
}

TEST(Quantize, RejectsNonsense) {
  FloatNetwork network = random_network(7);
  std::vector<Range> ranges = calibrated(network, 7);
  EXPECT_THROW(static_cast<void>(quantize(network, ranges, {1, false})), InputError);
  EXPECT_THROW(static_cast<void>(quantize(network, ranges, {9, false})), InputError);
  ranges.pop_back();
  EXPECT_THROW(static_cast<void>(quantize(network, ranges, {})), InputError);
  network.nodes.clear();
  EXPECT_THROW(static_cast<void>(quantize(network, {Range{}}, {})), InputError);
}

TEST(Quantize, GivesCodesWhereNoLinearLayerEndsTheNetwork) {
  FloatNetwork network = random_network(7);
  network.nodes.pop_back();
  const Graph graph = quantized(network, 7);
  EXPECT_EQ(graph.tensor(graph.output).type, ElementType::kUint8);
}

}  // namespace
}  // namespace brownout::models
