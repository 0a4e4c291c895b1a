// SPDX-License-Identifier: Apache-2.0
// Damaged files of every kind either load or give an InputError; nothing else may escape.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>

#include "models/onnx/export.h"
#include "sim/core/error.h"
#include "tests/models/onnx/exportable_graph.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

std::string exported(std::uint64_t seed) {
  const std::string path = test_file("mutation.onnx");
  save_onnx(exportable_graph(seed), path);
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::remove(path.c_str());
  return bytes;
}

/// Loads; true when it gave an InputError. Anything else fails the test.
bool refused(const std::string& bytes) {
  try {
    (void)load_bytes(bytes);
    return false;
  } catch (const InputError&) {
    return true;
  }
}

TEST(MutationTest, TruncatedFilesAreRefused) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::string whole = exported(seed);
    // A cut between entries of the metadata at the end leaves a file that lacks nothing it must
    // have.
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(whole));
    model.clear_metadata_props();
    const std::size_t needed = model.ByteSizeLong();
    for (std::size_t kept = 0; kept < needed; kept += 1 + needed / 200) {
      EXPECT_TRUE(refused(whole.substr(0, kept))) << "seed " << seed << " cut to " << kept;
    }
  }
}

TEST(MutationTest, FlippedBytesNeverEscape) {
  int refusals = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const std::string whole = exported(seed);
    std::mt19937_64 engine(seed);
    for (int attempt = 0; attempt < 50; ++attempt) {
      std::string damaged = whole;
      for (std::uint64_t flips = 1 + engine() % 4; flips > 0; --flips) {
        damaged[engine() % damaged.size()] = static_cast<char>(engine());
      }
      refusals += refused(damaged) ? 1 : 0;
    }
  }
  EXPECT_GT(refusals, 500);
}

/// Structure damaged, protobuf intact: what flipped bytes reach rarely.
TEST(MutationTest, ShuffledStructureNeverEscapes) {
  int refusals = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(exported(seed)));
    std::mt19937_64 engine(seed);
    const auto pick = [&](int size) {
      return static_cast<int>(engine() % static_cast<std::uint64_t>(size));
    };
    onnx::GraphProto& graph = *model.mutable_graph();
    for (int attempt = 0; attempt < 10; ++attempt) {
      onnx::NodeProto& node = *graph.mutable_node(pick(graph.node_size()));
      const onnx::NodeProto& other = graph.node(pick(graph.node_size()));
      onnx::TensorProto& constant = *graph.mutable_initializer(pick(graph.initializer_size()));
      switch (pick(8)) {
        case 0:
          node.set_op_type(other.op_type());
          break;
        case 1:
          node.set_input(pick(node.input_size()), other.output(0));
          break;
        case 2:
          node.mutable_input()->RemoveLast();
          break;
        case 3:
          constant.add_dims(pick(5) - 1);
          break;
        case 4:
          constant.set_data_type(pick(12));
          break;
        case 5:
          graph.mutable_node()->SwapElements(pick(graph.node_size()), pick(graph.node_size()));
          break;
        case 6:
          node.set_input(pick(node.input_size()), constant.name());
          break;
        default:
          *node.mutable_attribute() = other.attribute();
          break;
      }
      refusals += refused(model.SerializeAsString()) ? 1 : 0;
      if (node.input_size() == 0) break;
    }
  }
  EXPECT_GT(refusals, 500);
}

}  // namespace
}  // namespace brownout::models
