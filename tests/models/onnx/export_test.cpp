// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "models/onnx/import.h"
#include "models/requantize.h"
#include "sim/core/error.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

using testing::HasSubstr;

/// x {2, 4, 4} -> conv 3x3 -> y {1, 2, 2}, then logits {3, 1, 1}.
Graph small_graph() {
  Graph graph;
  graph.name = "small";
  graph.tensors = {{"x", {2, 4, 4}, ElementType::kUint8, {0.5}, 3},
                   {"y", {1, 2, 2}, ElementType::kUint8, {0.25}, 0},
                   {"logits", {3, 1, 1}, ElementType::kInt32, {0.25 * 0.5}, 0}};
  Conv conv;
  conv.window.kernel_h = conv.window.kernel_w = 3;
  conv.weights.assign(18, 1);
  conv.weight_scale = {0.75};
  conv.bias = {7};
  conv.requantizer = make_requantizer({0.5 * 0.75 / 0.25}, 0, 0, 255);
  Conv linear;
  linear.window.kernel_h = linear.window.kernel_w = 2;
  linear.weights.assign(12, -1);
  linear.weight_scale = {0.5};
  linear.bias = {1, 2, 3};
  graph.nodes = {{"conv", conv, {TensorId(0)}, TensorId(1)},
                 {"linear", linear, {TensorId(1)}, TensorId(2)}};
  graph.output = TensorId(2);
  graph.preprocessing = {{0.1, 0.2}, {0.3, 0.4}};
  return graph;
}

std::string save_error(const Graph& graph) {
  const std::string path = test_file("refused.onnx");
  try {
    save_onnx(graph, path);
  } catch (const InputError& error) {
    EXPECT_FALSE(std::filesystem::exists(path));
    return error.what();
  }
  std::remove(path.c_str());
  return {};
}

Conv& conv_of(Graph& graph, std::size_t node) {
  return std::get<Conv>(graph.nodes.at(node).operation);
}

TEST(ExportTest, TheSmallGraphIsSound) { EXPECT_EQ(save_error(small_graph()), ""); }

TEST(ExportTest, RefusesARequantiserTheScalesDoNotGive) {
  Graph graph = small_graph();
  ++conv_of(graph, 0).requantizer.multiplier.front();
  EXPECT_THAT(save_error(graph), HasSubstr("node 'conv' (conv): its requantiser is not the one"));
}

TEST(ExportTest, RefusesScalesThatAreNotFloat32) {
  Graph graph = small_graph();
  graph.tensors[0].scale = {0.1};
  EXPECT_NE(save_error(graph), "");
  graph = small_graph();
  conv_of(graph, 1).weight_scale = {0.1};
  EXPECT_THAT(save_error(graph),
              HasSubstr("node 'linear' (conv): its weight scales are not float32"));
}

TEST(ExportTest, RefusesNumbersThatFloat32CannotHold) {
  const auto scaled = [](float scale) {
    Graph graph = small_graph();
    graph.tensors[0].scale = graph.tensors[1].scale = {static_cast<double>(scale)};
    graph.tensors[2].scale = {0.5 * static_cast<double>(scale)};
    conv_of(graph, 0).requantizer = make_requantizer({0.75}, 0, 10, 200);
    return graph;
  };
  EXPECT_THAT(save_error(scaled(3e38F)), HasSubstr("beyond float32"));
  EXPECT_THAT(save_error(scaled(1e-40F)), HasSubstr("float32 cannot hold"));
  EXPECT_EQ(save_error(scaled(1e-30F)), "");
}

TEST(ExportTest, RefusesLogitsOfAnotherScale) {
  Graph graph = small_graph();
  graph.tensors[2].scale = {1.0};
  EXPECT_THAT(save_error(graph), HasSubstr("is not input scale x weight scale"));
}

TEST(ExportTest, RefusesNamesUsedTwice) {
  Graph graph = small_graph();
  graph.tensors[1].name = "x";
  EXPECT_THAT(save_error(graph), HasSubstr("tensor: the name 'x' is empty or used twice"));
}

TEST(ExportTest, RefusesABrokenGraph) {
  Graph graph = small_graph();
  conv_of(graph, 0).weights.pop_back();
  EXPECT_THAT(save_error(graph), HasSubstr("has 17 weights"));
}

TEST(ExportTest, TensorNamesMayLookLikeThoseTheExporterMakes) {
  Graph graph = small_graph();
  graph.tensors[1].name = "x/image";
  graph.tensors[2].name = "x/scale";
  const std::string path = test_file("names.onnx");
  save_onnx(graph, path);
  EXPECT_EQ(load_onnx(path).tensors.at(2).name, "x/scale");
  std::remove(path.c_str());
}

TEST(ExportTest, AMissingFolderIsAnInputError) {
  EXPECT_THROW(save_onnx(small_graph(), "/nonexistent/folder/model.onnx"), InputError);
}

}  // namespace
}  // namespace brownout::models
