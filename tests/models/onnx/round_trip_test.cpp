// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>

#include "models/onnx/export.h"
#include "models/onnx/import.h"
#include "tests/models/onnx/exportable_graph.h"
#include "tests/models/onnx/graph_text.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

TEST(RoundTripTest, ASavedGraphLoadsBackEqual) {
  const std::string path = test_file("round_trip.onnx");
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Graph graph = exportable_graph(seed);
    save_onnx(graph, path);
    const std::string difference = first_difference(text_of(load_onnx(path)), text_of(graph));
    ASSERT_EQ(difference, "") << "seed " << seed;
  }
  std::remove(path.c_str());
}

}  // namespace
}  // namespace brownout::models
