// SPDX-License-Identifier: Apache-2.0
// The step of weight codes by each method, against brute force and on random layers.
#include "models/quantizer/weight_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "models/quantizer/quantize.h"
#include "tests/models/quantizer/random_float_network.h"

namespace brownout::models {
namespace {

using Method = WeightSpan::Method;

/// Normal, uniform, heavy-tailed or mostly zero weights.
std::vector<float> random_weights(unsigned seed, std::size_t count) {
  std::mt19937 rng(seed);
  std::normal_distribution<float> normal(0.0F, 0.1F);
  std::vector<float> weights(count);
  for (float& weight : weights) {
    const float x = normal(rng);
    if (seed % 4 == 0) weight = x;
    if (seed % 4 == 1) weight = 10 * x * x * x;
    if (seed % 4 == 2) weight = std::clamp(x, -0.05F, 0.05F);
    if (seed % 4 == 3) weight = rng() % 10 == 0 ? x : 0.0F;
  }
  return weights;
}

WeightView view(const std::vector<float>& weights) { return {weights.data(), weights.size()}; }
int levels_of(int bits) { return (1 << (bits - 1)) - 1; }

TEST(WeightStep, MaxGivesTheLargestWeightTheLargestCode) {
  const std::vector<float> weights = {0.5F, -2.0F, 1.0F};
  EXPECT_EQ(weight_step(view(weights), 127, {}), static_cast<double>(2.0F / 127.0F));
  EXPECT_EQ(weight_step(view(weights), 1, {}), 2.0);
  EXPECT_EQ(weight_step({nullptr, 0}, 127, {}), 0.0);
}

TEST(WeightStep, PercentileLeavesOutTheLargest) {
  std::vector<float> weights;
  for (int i = 1; i <= 1000; ++i) weights.push_back(static_cast<float>(i % 2 == 0 ? i : -i));
  EXPECT_EQ(weight_step(view(weights), 1, {Method::kPercentile, 99.0}), 990.0);
  EXPECT_EQ(weight_step(view(weights), 1, {Method::kPercentile, 100.0}), 1000.0);
  // A step of nothing would code nothing.
  EXPECT_EQ(weight_step(view({0, 0, 0, 0, 3.0F}), 1, {Method::kPercentile, 60.0}), 3.0);
}

TEST(WeightStep, PercentileSaturatesNoMoreThanItSays) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const std::vector<float> weights = random_weights(seed, 1 + seed * 7);
    const double percent = 51 + seed % 49;
    const int levels = levels_of(2 + static_cast<int>(seed % 7));
    const double span = levels * weight_step(view(weights), levels, {Method::kPercentile, percent});
    const auto beyond = std::count_if(weights.begin(), weights.end(), [&](float w) {
      return std::fabs(static_cast<double>(w)) > span * (1 + 1e-6);
    });
    EXPECT_LE(static_cast<double>(beyond),
              (1 - percent / 100) * static_cast<double>(weights.size()) + 1e-9)
        << "seed " << seed;
  }
}

TEST(WeightStep, LeastErrorNeverErrsMoreThanMax) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const std::vector<float> weights = random_weights(seed, 1 + seed * 11 % 700);
    for (int bits = 2; bits <= 8; ++bits) {
      const int levels = levels_of(bits);
      const double most = weight_step(view(weights), levels, {});
      if (most == 0) continue;
      const double best = weight_step(view(weights), levels, {Method::kMse, 0});
      EXPECT_LE(coding_error(view(weights), levels, best),
                coding_error(view(weights), levels, most))
          << "seed " << seed << ", " << bits << " bits";
      EXPECT_GT(best, 0);
      EXPECT_EQ(best, static_cast<double>(static_cast<float>(best)));
    }
  }
}

TEST(WeightStep, LeastErrorIsNearTheBestOfAFineGrid) {
  for (unsigned seed = 0; seed < 24; ++seed) {
    const std::vector<float> weights = random_weights(seed, 500);
    for (const int bits : {2, 3, 4, 6, 8}) {
      const int levels = levels_of(bits);
      const double most = weight_step(view(weights), levels, {});
      double least = coding_error(view(weights), levels, most);
      for (int i = 20; i < 2000; ++i) {
        least = std::min(least, coding_error(view(weights), levels, most * i / 2000));
      }
      const double found = weight_step(view(weights), levels, {Method::kMse, 0});
      EXPECT_LE(coding_error(view(weights), levels, found), 1.05 * least)
          << "seed " << seed << ", " << bits << " bits";
    }
  }
}

/// Squared error of a layer's stored weights as the quantiser leaves them.
double stored_error(const FloatConv& conv, const Conv& stored) {
  const std::size_t fan_in = conv.weights.size() / stored.bias.size();
  double error = 0;
  for (std::size_t i = 0; i < conv.weights.size(); ++i) {
    const std::size_t c = i / fan_in;
    const double gain = channel_affine(conv, c).gain;
    const double scale = stored.weight_scale[stored.weight_scale.size() == 1 ? 0 : c];
    const double kept = stored.weights[i] * scale / gain;  // the sign of the gain is in the code
    error += std::pow(static_cast<double>(conv.weights[i]) - kept, 2);
  }
  return error;
}

TEST(WeightStep, NetworksQuantisedForLeastErrorErrNoMore) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    const FloatNetwork network = testing::random_network(seed);
    const std::vector<Range> ranges(network.nodes.size() + 1, Range{-4, 4});
    for (int bits = 2; bits <= 8; ++bits) {
      for (const bool per_channel : {false, true}) {
        QuantizeConfig config{bits, per_channel, {}, {}};
        const Graph most = quantize(network, ranges, config);
        config.span.method = Method::kMse;
        const Graph best = quantize(network, ranges, config);
        for (std::size_t i = 0; i < network.nodes.size(); ++i) {
          const auto* conv = std::get_if<FloatConv>(&network.nodes[i].operation);
          if (conv == nullptr) continue;
          EXPECT_LE(stored_error(*conv, std::get<Conv>(best.nodes[i].operation)),
                    1.0001 * stored_error(*conv, std::get<Conv>(most.nodes[i].operation)))
              << "seed " << seed << ", " << bits << " bits, layer " << network.nodes[i].name;
        }
      }
    }
  }
}

TEST(WeightStep, ALimitGoesOnTopOfAnyMethod) {
  const FloatNetwork network = testing::random_network(1);
  const std::vector<Range> ranges(network.nodes.size() + 1, Range{-4, 4});
  for (const Method method : {Method::kMax, Method::kPercentile, Method::kMse}) {
    const QuantizeConfig config{8, false, {method, 99.0}, WeightLimit{0.01, false}};
    const Graph graph = quantize(network, ranges, config);
    const auto& linear = std::get<Conv>(graph.nodes.back().operation);  // no batch norm there
    EXPECT_EQ(linear.weight_scale.front(), static_cast<double>(static_cast<float>(0.01 / 127)));
  }
}

}  // namespace
}  // namespace brownout::models
