// SPDX-License-Identifier: Apache-2.0
// Shapes of the zoo. Its counts are compared with the published ones where the tables are made.
#include "models/zoo/untrained.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/reference.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

bool is_generator(const std::string& name) {
  return name.find("conv") == 0 || name.find("deconv") == 0 || name.find("unet") == 0;
}

TEST(UntrainedZoo, GeneratorsGiveImagesOfTheirInputsShape) {
  for (const std::string& name : zoo_names()) {
    if (!is_generator(name)) continue;
    for (const Shape input : {Shape{3, 32, 32}, Shape{1, 8, 24}, Shape{4, 40, 16}}) {
      SCOPED_TRACE(name);
      const Graph graph = make_untrained({name, input, 10}).graph;
      EXPECT_EQ(graph.tensor(graph.output).shape, input);
      EXPECT_EQ(graph.tensor(graph.output).type, ElementType::kUint8);
    }
  }
}

TEST(UntrainedZoo, ClassifiersHaveAnOutputPerClass) {
  for (const std::string& name : zoo_names()) {
    if (is_generator(name)) continue;
    SCOPED_TRACE(name);
    const Graph graph = make_untrained({name, {1, 64, 32}, 7}).graph;
    EXPECT_EQ(graph.tensor(graph.output).shape, (Shape{7, 1, 1}));
    EXPECT_EQ(graph.tensor(graph.output).type, ElementType::kInt32);
  }
}

TEST(UntrainedZoo, FloatCountsAgreeWithTheGraphWhereBothCount) {
  for (const std::string& name : zoo_names()) {
    SCOPED_TRACE(name);
    const UntrainedNetwork network = make_untrained({name, {3, 32, 32}, 10});
    std::uint64_t weights = 0;
    for (const Node& node : network.graph.nodes) {
      if (const auto* conv = std::get_if<Conv>(&node.operation)) weights += conv->weights.size();
    }
    EXPECT_EQ(network.counts.weights, weights);
    EXPECT_EQ(network.counts.products, mac_count(network.graph));
  }
}

TEST(UntrainedZoo, ActivationsStayAlive) {
  // Random weights must not saturate or silence a network, or cross-checks on it would be blind.
  for (const char* name : {"resnet18", "vgg11", "conv_l", "deconv_s", "unet_l"}) {
    SCOPED_TRACE(name);
    const Graph graph = make_untrained({name, {3, 32, 32}, 10}).graph;
    std::vector<std::uint8_t> input(graph.tensor(graph.input).shape.elements());
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::uint8_t>(i * 37);
    const Inference inference = run_reference(graph, input);
    for (std::size_t i = 0; i + 1 < graph.nodes.size(); ++i) {
      const std::set<std::uint8_t> values(inference.codes[i].begin(), inference.codes[i].end());
      EXPECT_GT(values.size(), 16U) << graph.nodes[i].name;
    }
  }
}

TEST(UntrainedZoo, WrongChoicesAreNamed) {
  const auto message = [](const ZooChoice& choice) -> std::string {
    try {
      static_cast<void>(make_untrained(choice));
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({"resnet81", {3, 32, 32}, 10}).find("did you mean 'resnet18'?"),
            std::string::npos);
  EXPECT_NE(message({"unet_l", {3, 36, 32}, 10}).find("multiples of 8"), std::string::npos);
  EXPECT_NE(message({"vgg11", {3, 40, 32}, 10}).find("multiples of 32"), std::string::npos);
  EXPECT_NE(message({"vgg11", {3, 32, 32}, 0}).find("found 0 classes"), std::string::npos);
}

}  // namespace
}  // namespace brownout::models
