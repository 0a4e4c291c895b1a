// SPDX-License-Identifier: Apache-2.0
#include "models/data/input_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/data/temporary_folder.h"

namespace brownout::models {
namespace {

using testing::HasSubstr;

/// A graph of which only the input matters here.
Graph input_graph(Shape shape, double scale, int zero_point) {
  Graph graph;
  graph.name = "net";
  graph.tensors = {{"x", shape, ElementType::kUint8, {scale}, zero_point}};
  graph.preprocessing.mean.assign(static_cast<std::size_t>(shape.channels), 0.0);
  graph.preprocessing.deviation.assign(static_cast<std::size_t>(shape.channels), 1.0);
  return graph;
}

Dataset images(Shape shape, std::vector<std::uint8_t> pixels) {
  Dataset dataset;
  dataset.name = "images";
  dataset.shape = shape;
  dataset.labels.assign(pixels.size() / shape.elements(), 0);
  dataset.pixels = std::move(pixels);
  return dataset;
}

TEST(InputEncoderTest, ReordersPlanesToPixels) {
  const Shape shape = {2, 1, 3};
  const InputEncoder encoder(input_graph(shape, 1.0 / 255, 0));
  const Dataset dataset = images(shape, {0, 0, 0, 0, 0, 0, 1, 2, 3, 101, 102, 103});
  EXPECT_THAT(encoder.encode(dataset, 1), testing::ElementsAre(1, 101, 2, 102, 3, 103));
}

TEST(InputEncoderTest, AppliesEachChannelsPreprocessing) {
  const Shape shape = {2, 1, 1};
  Graph graph = input_graph(shape, 0.05, 100);
  graph.preprocessing = {{0.5, 0.2}, {0.25, 0.5}};
  // 255: (1 - 0.5) / 0.25 = 2 -> 40 steps; (1 - 0.2) / 0.5 = 1.6 -> 32 steps.
  // 0: -2 -> -40 steps; -0.4 -> -8 steps.
  const InputEncoder encoder(graph);
  const Dataset dataset = images(shape, {255, 255, 0, 0});
  EXPECT_THAT(encoder.encode(dataset, 0), testing::ElementsAre(140, 132));
  EXPECT_THAT(encoder.encode(dataset, 1), testing::ElementsAre(60, 92));
}

TEST(InputEncoderTest, RoundsHalvesToEvenAndSaturates) {
  const Shape shape = {1, 1, 1};
  Graph graph = input_graph(shape, 1.0, 0);
  graph.preprocessing = {{0.0}, {1.0 / 255 * 2}};  // byte / 2, exact for these bytes
  const Dataset dataset = images(shape, {1, 3, 5, 255});
  const InputEncoder half(graph);
  EXPECT_THAT(half.encode(dataset, 0), testing::ElementsAre(0));
  EXPECT_THAT(half.encode(dataset, 1), testing::ElementsAre(2));
  EXPECT_THAT(half.encode(dataset, 2), testing::ElementsAre(2));
  graph.tensors[0].zero_point = 200;
  EXPECT_THAT(InputEncoder(graph).encode(dataset, 3), testing::ElementsAre(255));
  graph.preprocessing = {{1.0}, {1e-3}};
  EXPECT_THAT(InputEncoder(graph).encode(dataset, 0), testing::ElementsAre(0));
}

TEST(InputEncoderTest, NamesImagesOfAnotherShape) {
  const InputEncoder encoder(input_graph({1, 2, 2}, 1.0, 0));
  EXPECT_THAT(
      input_error([&] {
        (void)encoder.encode(images({3, 2, 2}, {}), 0);
      }),
      HasSubstr("images are 3x2x2 (channels x height x width), the network's input is 1x2x2"));
}

TEST(InputEncoderTest, NamesUnusablePreprocessing) {
  Graph graph = input_graph({2, 1, 1}, 1.0, 0);
  graph.preprocessing.mean = {0.0};
  EXPECT_THAT(input_error([&] { InputEncoder encoder(graph); }),
              HasSubstr("1 means and 2 deviations"));
  graph.preprocessing = {{0.0, 0.0}, {1.0, 0.0}};
  EXPECT_THAT(input_error([&] { InputEncoder encoder(graph); }),
              HasSubstr("channel 1 has mean 0 and deviation 0"));
}

}  // namespace
}  // namespace brownout::models
