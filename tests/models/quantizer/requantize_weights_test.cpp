// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/requantize_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "models/quantizer/calibrate.h"
#include "models/quantizer/quantize.h"
#include "models/reference.h"
#include "models/requantize.h"
#include "tests/models/quantizer/random_float_network.h"

namespace brownout::models {
namespace {

using testing::random_image;
using testing::random_network;

constexpr unsigned kSeeds = 20;

Graph quantized(unsigned seed, const QuantizeConfig& config = {}) {
  const FloatNetwork network = random_network(seed);
  std::mt19937 rng(seed + 1000);
  Calibrator calibrator(network, {RangeChoice::Method::kMinMax, 100.0});
  for (int i = 0; i < 20; ++i) calibrator.add(random_image(rng, network));
  return quantize(network, calibrator.ranges(), config);
}

double scale_of(const Conv& conv, std::size_t weight) {
  const std::size_t channel = weight / (conv.weights.size() / conv.bias.size());
  return conv.weight_scale[conv.weight_scale.size() == 1 ? 0 : channel];
}

/// Calls `compare` with every pair of convolutions.
template <class Compare>
void for_convs(const Graph& a, const Graph& b, Compare compare) {
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    const auto* conv = std::get_if<Conv>(&a.nodes[i].operation);
    if (conv != nullptr) compare(*conv, std::get<Conv>(b.nodes[i].operation), i);
  }
}

std::vector<std::uint8_t> random_codes(const Graph& graph, unsigned seed) {
  std::mt19937 rng(seed);
  std::uniform_int_distribution<int> code(0, 255);
  std::vector<std::uint8_t> codes(graph.tensor(graph.input).shape.elements());
  for (std::uint8_t& value : codes) value = static_cast<std::uint8_t>(code(rng));
  return codes;
}

TEST(ClipWeights, KnownLayer) {
  Graph graph;
  graph.tensors = {{"in", {3, 1, 1}, ElementType::kUint8, {0.5}, 10},
                   {"out", {1, 1, 1}, ElementType::kUint8, {0.25}, 7}};
  graph.output = TensorId(1);
  Conv conv;
  conv.weights = {127, -64, 10};
  conv.weight_scale = {0.015625};  // exact in float32, as is half of it
  conv.bias = {100};
  conv.requantizer = make_requantizer({0.5 * 0.015625 / 0.25}, 7, 7, 200);
  graph.nodes = {{"conv", conv, {TensorId(0)}, TensorId(1)}};
  const auto layers = clip_weights(graph, {50.0 / 100, true});
  const Conv& clipped = std::get<Conv>(graph.nodes.front().operation);
  EXPECT_EQ(clipped.weight_scale, std::vector<double>{0.0078125});
  EXPECT_EQ(clipped.weights, (std::vector<std::int8_t>{127, -127, 20}));
  EXPECT_EQ(clipped.bias, std::vector<std::int32_t>{200});
  const Requantizer expected = make_requantizer({0.5 * 0.0078125 / 0.25}, 7, 7, 200);
  EXPECT_EQ(clipped.requantizer.multiplier, expected.multiplier);
  EXPECT_EQ(clipped.requantizer.shift, expected.shift);
  EXPECT_EQ(clipped.requantizer.lowest, 7);
  EXPECT_EQ(clipped.requantizer.highest, 200);
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers.front().clipped, 2U);  // 127 and, by half a step, 64
  const double lost = 127 * 0.0078125;
  const double slightly = 0.0078125;
  const double signal = 0.015625 * 0.015625 * (127 * 127 + 64 * 64 + 100);
  EXPECT_NEAR(layers.front().snr(), 10 * std::log10(signal / (lost * lost + slightly * slightly)),
              1e-9);
}

TEST(ClipWeights, IsNearlyQuantisingUnderTheSameLimit) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    for (const bool per_channel : {false, true}) {
      const WeightLimit limit{0.2 + 0.04 * (seed % 10), true};
      QuantizeConfig config;
      config.per_channel = per_channel;
      Graph after = quantized(seed, config);
      static_cast<void>(clip_weights(after, limit));
      config.clip = limit;
      const Graph before = quantized(seed, config);
      for_convs(after, before, [&](const Conv& a, const Conv& b, std::size_t node) {
        SCOPED_TRACE(std::to_string(seed) + " node " + std::to_string(node));
        ASSERT_EQ(a.weights.size(), b.weights.size());
        for (std::size_t i = 0; i < a.weights.size(); ++i) {
          EXPECT_NEAR(scale_of(a, i) / scale_of(b, i), 1, 1e-6);
          // The first rounding leaves half a code, which the finer scale makes more of.
          EXPECT_LE(std::abs(a.weights[i] - b.weights[i]), std::ceil(0.5 / limit.value) + 1);
        }
      });
    }
  }
}

TEST(ClipWeights, KeepsEveryWeightWithinTheLimitAndTheRestNearlyAsItWas) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Graph plain = quantized(seed);
    Graph graph = plain;
    const WeightLimit limit{0.1 + 0.02 * seed, false};
    const auto layers = clip_weights(graph, limit);
    std::size_t layer = 0;
    for_convs(plain, graph, [&](const Conv& a, const Conv& b, std::size_t) {
      std::uint64_t over = 0;
      double noise = 0;
      for (std::size_t i = 0; i < a.weights.size(); ++i) {
        const double was = a.weights[i] * scale_of(a, i);
        const double is = b.weights[i] * scale_of(b, i);
        noise += (was - is) * (was - is);
        EXPECT_LE(std::fabs(is), std::max(limit.value, 1e-6) * (1 + 1e-6));
        EXPECT_LE(std::fabs(is - std::clamp(was, -limit.value, limit.value)),
                  0.5 * scale_of(b, i) * (1 + 1e-6));
        if (std::fabs(was) > limit.value + 0.5 * scale_of(b, i)) ++over;
      }
      EXPECT_LE(over, layers[layer].clipped);
      EXPECT_NEAR(layers[layer].noise, noise, 1e-9 + noise * 1e-9);
      ++layer;
    });
    EXPECT_EQ(layer, layers.size());
  }
}

TEST(ClipWeights, ALimitAboveAllWeightsChangesNothing) {
  for (const WeightLimit& limit : {WeightLimit{1, true}, WeightLimit{1e3, false}}) {
    const Graph plain = quantized(3);
    Graph graph = plain;
    for (const RequantizedLayer& layer : clip_weights(graph, limit)) {
      EXPECT_EQ(layer.clipped, 0U);
      EXPECT_TRUE(std::isinf(layer.snr()));
    }
    for_convs(plain, graph, [](const Conv& a, const Conv& b, std::size_t) {
      EXPECT_EQ(a.weights, b.weights);
      EXPECT_EQ(a.bias, b.bias);
      EXPECT_EQ(a.weight_scale, b.weight_scale);
    });
    const auto input = random_codes(plain, 1);
    EXPECT_EQ(run_reference(plain, input), run_reference(graph, input));
  }
}

TEST(ClipWeights, AMildLimitLeavesTheNetworkNearlyTheSameFunction) {
  double before = 0;
  double changed = 0;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Graph plain = quantized(seed);
    Graph graph = plain;
    static_cast<void>(clip_weights(graph, {0.98, true}));
    const auto input = random_codes(plain, seed);
    const Inference a = run_reference(plain, input);
    const Inference b = run_reference(graph, input);
    const Tensor& out_a = plain.tensor(plain.output);
    const Tensor& out_b = graph.tensor(graph.output);
    for (std::size_t i = 0; i < a.logits.size(); ++i) {
      const double x = a.logits[i] * out_a.scale[out_a.scale.size() == 1 ? 0 : i];
      const double y = b.logits[i] * out_b.scale[out_b.scale.size() == 1 ? 0 : i];
      before += x * x;
      changed += (x - y) * (x - y);
    }
  }
  EXPECT_LT(changed, 0.01 * before) << "bias, requantiser and logits must follow the scale";
  EXPECT_GT(changed, 0);
}

TEST(ReducePrecision, KeepsEveryWeightWithinHalfAStepInTheUpperBits) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    QuantizeConfig config;
    config.per_channel = seed % 2 == 1;
    const int bits = 2 + static_cast<int>(seed) % 7;
    const Graph plain = quantized(seed, config);
    Graph graph = plain;
    const auto layers = reduce_precision(graph, bits);
    for (const RequantizedLayer& layer : layers) EXPECT_EQ(layer.clipped, 0U);
    const int step = 1 << (8 - bits);
    for_convs(plain, graph, [&](const Conv& a, const Conv& b, std::size_t) {
      for (std::size_t i = 0; i < a.weights.size(); ++i) {
        EXPECT_EQ(b.weights[i] % step, 0);
        EXPECT_LE(std::fabs(a.weights[i] * scale_of(a, i) - b.weights[i] * scale_of(b, i)),
                  0.5 * step * scale_of(b, i) * (1 + 1e-6));
      }
    });
  }
}

TEST(ReducePrecision, EightBitsAreTheNetworkAsItWas) {
  const Graph plain = quantized(5);
  Graph graph = plain;
  static_cast<void>(reduce_precision(graph, 8));
  const auto input = random_codes(plain, 1);
  EXPECT_EQ(run_reference(plain, input), run_reference(graph, input));
}

TEST(ReducePrecision, FewerBitsChangeTheFunctionMore) {
  std::vector<double> changed;
  for (const int bits : {7, 5, 3}) {
    double sum = 0;
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
      const Graph plain = quantized(seed);
      Graph graph = plain;
      static_cast<void>(reduce_precision(graph, bits));
      const auto input = random_codes(plain, seed);
      const Inference a = run_reference(plain, input);
      const Inference b = run_reference(graph, input);
      const Tensor& out_a = plain.tensor(plain.output);
      const Tensor& out_b = graph.tensor(graph.output);
      double size = 0;
      double difference = 0;
      for (std::size_t i = 0; i < a.logits.size(); ++i) {
        const double x = a.logits[i] * out_a.scale[out_a.scale.size() == 1 ? 0 : i];
        const double y = b.logits[i] * out_b.scale[out_b.scale.size() == 1 ? 0 : i];
        size += x * x;
        difference += (x - y) * (x - y);
      }
      sum += difference / (size + 1e-12);
    }
    changed.push_back(sum / kSeeds);
  }
  EXPECT_GT(changed.at(0), 0);
  EXPECT_LT(changed.at(0), 0.01) << "bias and requantiser follow the scale";
  EXPECT_LT(changed.at(0), changed.at(1));
  EXPECT_LT(changed.at(1), changed.at(2));
}

}  // namespace
}  // namespace brownout::models
