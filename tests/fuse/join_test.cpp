// SPDX-License-Identifier: Apache-2.0
// What a joined network computes is F(x) = clip(x + G(x)) followed by the base network, by its
// definition in real numbers.
#include "fuse/join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "fuse/clip_range.h"
#include "models/reference.h"
#include "models/zoo/untrained.h"
#include "sim/core/error.h"
#include "tests/fuse/random_generator.h"
#include "tests/support/random_graph.h"

namespace brownout::fuse {
namespace {

using models::Graph;
using test_support::random_generator;
using test_support::random_graph;
using test_support::random_input;

double real(const models::Tensor& tensor, std::uint8_t code) {
  return tensor.scale.front() * (code - tensor.zero_point);
}

/// Codes of the generator's input nearest to the image's real values.
std::vector<std::uint8_t> to_generator(const Graph& base, const Graph& generator,
                                       const std::vector<std::uint8_t>& image) {
  const models::Tensor& from = base.tensor(base.input);
  const models::Tensor& to = generator.tensor(generator.input);
  std::vector<std::uint8_t> codes;
  for (const std::uint8_t code : image) {
    const double exact = std::floor(real(from, code) / to.scale.front() + 0.5) + to.zero_point;
    codes.push_back(static_cast<std::uint8_t>(std::clamp(exact, 0.0, 255.0)));
  }
  return codes;
}

TEST(Join, TheStageIsTheClippedSumAndTheBaseNetworkFollows) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Graph base = random_graph(seed);
    const models::Tensor& image = base.tensor(base.input);
    const Graph generator = random_generator(seed, image);
    const auto input = random_input(base, seed);
    const Graph front = make_front(generator, base, GeneratorOutput::kPerturbation);
    const auto fused = models::run_reference(front, input).codes.back();
    const auto g =
        models::run_reference(generator, to_generator(base, generator, input)).codes.back();
    const models::Tensor& out = generator.tensor(generator.output);
    const ClipRange clip = clip_range(base.preprocessing);
    ASSERT_EQ(fused.size(), input.size());
    for (std::size_t i = 0; i < input.size(); ++i) {
      const double sum =
          std::clamp(real(image, input[i]) + real(out, g[i]), clip.lowest, clip.highest);
      const double exact = std::clamp(sum / image.scale.front() + image.zero_point, 0.0, 255.0);
      ASSERT_NEAR(fused[i], exact, 0.5 + 1e-5) << i;
    }
    const auto joined = models::run_reference(join(front, base), input);
    EXPECT_EQ(joined.logits, models::run_reference(base, fused).logits);
  }
}

TEST(Join, AGeneratorOfNothingChangesNoImage) {
  Graph base = random_graph(3);
  models::Tensor& image = base.tensors[base.input.value()];
  image.scale = {1.0 / 255};  // every code is a pixel
  image.zero_point = 0;
  const Graph front =
      make_front(test_support::zero_generator(image), base, GeneratorOutput::kPerturbation);
  std::vector<std::uint8_t> input(image.shape.elements());
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::uint8_t>(i * 7);
  EXPECT_EQ(models::run_reference(front, input).codes.back(), input);
}

TEST(Join, AWholeImageIsTakenAsItIs) {
  const Graph base = random_graph(11);
  const models::Tensor& image = base.tensor(base.input);
  const Graph generator = random_generator(12, image);
  const auto input = random_input(base, 5);
  const Graph front = make_front(generator, base, GeneratorOutput::kImage);
  const auto fused = models::run_reference(front, input).codes.back();
  const auto f =
      models::run_reference(generator, to_generator(base, generator, input)).codes.back();
  const models::Tensor& out = generator.tensor(generator.output);
  for (std::size_t i = 0; i < input.size(); ++i) {
    const double exact =
        std::clamp(real(out, f[i]) / image.scale.front() + image.zero_point, 0.0, 255.0);
    ASSERT_NEAR(fused[i], exact, 0.5 + 1e-9) << i;
  }
}

TEST(Join, NormalisationsThatDifferByOneScaleAndShiftAreBroughtTogether) {
  Graph base = models::make_untrained({"resnet18", {3, 8, 8}, 10}).graph;
  base.preprocessing = {{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}};
  base.tensors[base.input.value()].scale = {2.0 / 255};
  base.tensors[base.input.value()].zero_point = 128;
  Graph generator = models::make_untrained({"conv_s", {3, 8, 8}, 10}).graph;
  generator.preprocessing = {{0.2, 0.2, 0.2}, {0.25, 0.25, 0.25}};
  generator.tensors[0].scale = {4.0 / 255};
  generator.tensors[0].zero_point = 51;
  const Graph front = make_front(generator, base, GeneratorOutput::kPerturbation);
  std::vector<std::uint8_t> input(std::size_t{3} * 8 * 8);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::uint8_t>(i);
  const models::Inference run = models::run_reference(front, input);
  const auto seen = run.codes.front();
  for (std::size_t i = 0; i < input.size(); ++i) {
    const double pixel = (2.0 / 255 * (input[i] - 128) + 1) / 2;
    const double exact = (pixel - 0.2) / 0.25 / (4.0 / 255) + 51;
    ASSERT_NEAR(seen[i], std::clamp(exact, 0.0, 255.0), 0.5 + 1e-9);
  }
  const auto g = models::run_reference(generator, seen).codes.back();
  for (std::size_t i = 0; i < input.size(); ++i) {
    const double perturbation = (g[i] - 128) / 127.0 * 0.25 / 0.5;  // in the base's numbers
    const double sum = std::clamp(2.0 / 255 * (input[i] - 128) + perturbation, -1.0, 1.0);
    ASSERT_NEAR(run.codes.back()[i], std::clamp(sum * 255 / 2 + 128, 0.0, 255.0), 0.5 + 1e-5);
  }
}

TEST(Join, TheIntervalIsThatOfPixels) {
  const ClipRange paper = clip_range({{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}});
  EXPECT_EQ(paper.lowest, -1);
  EXPECT_EQ(paper.highest, 1);
  const ClipRange other = clip_range({{0.5, 0.25}, {0.25, 0.5}});
  EXPECT_EQ(other.lowest, -2);
  EXPECT_EQ(other.highest, 2);
  EXPECT_THROW(static_cast<void>(clip_range({})), InputError);
}

TEST(Join, LayersOfTheStageAreNamed) {
  const Graph base = random_graph(21);
  const Graph generator = random_generator(21, base.tensor(base.input));
  const Graph front = make_front(generator, base, GeneratorOutput::kPerturbation);
  for (const models::Node& node : front.nodes) {
    EXPECT_EQ(node.name.rfind(kStagePrefix, 0), 0U) << node.name;
  }
  const Graph joined = join(front, base);
  ASSERT_EQ(joined.nodes.size(), front.nodes.size() + base.nodes.size());
  for (std::size_t i = 0; i < base.nodes.size(); ++i) {
    EXPECT_EQ(joined.nodes[front.nodes.size() + i].name, base.nodes[i].name);
  }
}

std::string objection(const Graph& generator, const Graph& base) {
  try {
    static_cast<void>(make_front(generator, base, GeneratorOutput::kPerturbation));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Join, WhatDoesNotFitIsNamed) {
  const Graph base = models::make_untrained({"resnet18", {3, 32, 32}, 10}).graph;
  const auto generator = [](const models::Shape& shape) {
    return models::make_untrained({"conv_s", shape, 10}).graph;
  };
  EXPECT_EQ(objection(generator({3, 32, 32}), base), "");
  EXPECT_NE(objection(generator({1, 32, 32}), base).find("found an input of 1 x 32 x 32"),
            std::string::npos);
  EXPECT_NE(objection(generator({3, 32, 40}), base).find("allowed: 3 x 32 x 32"),
            std::string::npos);
  EXPECT_NE(objection(base, base).find("gives 10 x 1 x 1"), std::string::npos);
  Graph named = generator({3, 32, 32});
  named.preprocessing = {{0.1, 0.2, 0.3}, {0.5, 0.5, 0.5}};
  EXPECT_NE(objection(named, base).find("found means [0.1, 0.2, 0.3]"), std::string::npos);
}

}  // namespace
}  // namespace brownout::fuse
