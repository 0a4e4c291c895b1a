// SPDX-License-Identifier: Apache-2.0
#include "models/zoo/topology.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

class TopologyTest : public ::testing::Test {
 protected:
  TopologyTest()
      : file_(std::filesystem::temp_directory_path() /
              ("topology_test_" + std::to_string(getpid()) + ".csv")) {}
  ~TopologyTest() override { std::filesystem::remove(file_); }

  std::vector<Graph> load(const std::string& lines) const {
    std::ofstream(file_) << "Layer name, IFMAP Height, ...,\n" << lines;
    return load_topology(file_);
  }
  std::string message(const std::string& lines) const {
    try {
      static_cast<void>(load(lines));
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

  std::filesystem::path file_;
};

const Conv& conv_of(const Graph& graph) { return std::get<Conv>(graph.nodes.at(0).operation); }

TEST_F(TopologyTest, ConvolutionsMayBeRectangular) {
  const auto layers =
      load("a, 230, 114, 7, 3, 3, 64, 2,\n\nb,9,8,3,1,5,6,2,3\nc,9,8,3,1,5,6,2,1:1,\n");
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[0].nodes[0].name, "a");
  EXPECT_EQ(layers[0].tensors[0].shape, (Shape{3, 230, 114}));
  EXPECT_EQ(layers[0].tensors[1].shape, (Shape{64, 112, 56}));
  EXPECT_EQ(conv_of(layers[1]).window.stride_w, 3);
  EXPECT_EQ(conv_of(layers[2]).window.stride_w, 2);
}

TEST_F(TopologyTest, MatrixProductsAreOneByOneConvolutions) {
  const auto layers = load("qkv, 197, 2304, 768,\n");
  EXPECT_EQ(layers[0].tensors[0].shape, (Shape{768, 197, 1}));
  EXPECT_EQ(layers[0].tensors[1].shape, (Shape{2304, 197, 1}));
}

TEST_F(TopologyTest, DepthwiseLayersAreGroups) {
  const auto layers = load("DP1, 34, 34, 3, 3, 16, 1, 1,\n");
  EXPECT_EQ(conv_of(layers[0]).groups, 16);
  EXPECT_EQ(layers[0].tensors[1].shape, (Shape{16, 32, 32}));
}

TEST_F(TopologyTest, WhatCannotBeIsNamedWithItsLine) {
  EXPECT_NE(message("a,34,34,3,3,16,8,1,\nb,34,x,3,3,16,8,1,\n").find(":3: field 3: found 'x'"),
            std::string::npos);
  EXPECT_NE(message("a,34,34,3,3,16,8,1,2:4,\n").find("sparsity '2:4'"), std::string::npos);
  EXPECT_NE(message("a,10,20,30,4,\n").find("found '4' after M, N and K"), std::string::npos);
  EXPECT_NE(message("a,34,34,3,3,16,8\n").find("found 7 fields"), std::string::npos);
  EXPECT_NE(message("a,2,34,3,3,16,8,1,\n").find("filter of 3 x 3"), std::string::npos);
  EXPECT_NE(message("a,0,34,3,3,16,8,1,\n").find("found '0'"), std::string::npos);
  EXPECT_NE(message("a,99,99,9,9,1000000,1000000,1\n").find("weights"), std::string::npos);
  EXPECT_NE(message("").find("no layers"), std::string::npos);
}

}  // namespace
}  // namespace brownout::models
