// SPDX-License-Identifier: Apache-2.0
// Closed forms of the mapping against counting, on random convolutions and arrays.
#include "accel/conv_geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>

#include "accel/lowering.h"
#include "accel/word_port.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

struct Case {
  models::Conv conv;
  models::Shape input;
  ArrayShape array;
};

/// The convolutions of random networks on random arrays.
std::vector<Case> cases() {
  std::vector<Case> found;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    std::mt19937_64 random(seed);
    const models::Graph graph = test_support::random_graph(seed);
    for (const models::Node& node : graph.nodes) {
      if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
        found.push_back(
            {*conv,
             graph.tensor(node.inputs.front()).shape,
             {static_cast<std::uint32_t>(1 + random() % 40),
              static_cast<std::uint32_t>(1 + random() % 40), std::uint32_t{1} << random() % 4}});
      }
    }
  }
  return found;
}

TEST(ConvGeometry, FoldsCoverEveryOutputOnceAndInOrderOfProduction) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.array);
    std::set<std::uint64_t> outputs;
    std::uint64_t next = 0;
    for (std::uint32_t i = 0; i < geometry.folds(); ++i) {
      const Fold fold = geometry.fold(i);
      ASSERT_EQ(geometry.ofmap_extent(fold).begin, next);
      next = geometry.ofmap_extent(fold).end;
      ASSERT_LE(fold.rows, c.array.rows);
      ASSERT_LE(fold.cols, c.array.cols);
      for (std::uint32_t r = 0; r < fold.rows; ++r) {
        for (std::uint32_t col = 0; col < fold.cols; ++col) {
          ASSERT_TRUE(outputs.insert(geometry.output_element(fold, r, col)).second);
        }
      }
    }
    const auto elements =
        models::output_shape(c.input, c.conv.window, static_cast<int>(c.conv.bias.size()))
            .elements();
    ASSERT_EQ(outputs.size(), elements);
    ASSERT_EQ(*outputs.rbegin(), elements - 1);
  }
}

TEST(ConvGeometry, EveryWeightHasOnePositionAndTheImageHoldsItThere) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.array);
    const std::vector<std::uint8_t> image = filter_image(c.conv, geometry);
    std::vector<int> seen(c.conv.weights.size(), 0);
    std::optional<std::uint64_t> last;
    for (std::uint32_t i = 0; i < geometry.folds(); i += geometry.folds_per_tile()) {
      const Fold fold = geometry.fold(i);
      for (std::uint32_t k = 0; k < geometry.k(); ++k) {
        for (std::uint32_t col = 0; col < fold.cols; ++col) {
          const std::size_t weight = geometry.weight_index(fold, k, col);
          const std::uint64_t p = fold.filter_base + k * geometry.filter_row_bytes(fold) + col;
          ++seen.at(weight);
          ASSERT_TRUE(!last || p > *last) << "fetch order runs over tiles, then k, then columns";
          last = p;
          ASSERT_LT(p, image.size());
          ASSERT_EQ(static_cast<std::int8_t>(image[p]), c.conv.weights[weight]);
        }
      }
    }
    ASSERT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<std::ptrdiff_t>(seen.size()));
  }
}

TEST(ConvGeometry, ReadCountsAndExtentsAreThoseOfWalkingTheOperands) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.array);
    for (std::uint32_t i = 0; i < geometry.folds(); ++i) {
      const Fold fold = geometry.fold(i);
      std::uint64_t reads = 0;
      Extent extent;
      const std::uint32_t from = geometry.k() / 3;
      const std::uint32_t to = geometry.k() - geometry.k() / 4;
      for (std::uint32_t r = 0; r < fold.rows; ++r) {
        WordPort port(c.array.word_bytes);
        for (std::uint32_t k = 0; k < geometry.k(); ++k) {
          const auto tap =
              geometry.ifmap_position(fold.group, fold.m_begin + r, k / geometry.channels());
          if (!tap) continue;
          const std::uint64_t p = *tap + k % geometry.channels();
          ASSERT_LT(p, c.input.elements());
          reads += port.advance(p) ? 1 : 0;
          if (k >= from && k < to) extent = extent.hull({p, p + 1});
        }
      }
      ASSERT_EQ(geometry.ifmap_reads(fold), reads);
      const Extent closed = geometry.ifmap_extent(fold, from, to);
      ASSERT_EQ(closed.empty(), extent.empty());
      if (extent.empty()) continue;
      ASSERT_EQ(closed, extent);
    }
  }
}

}  // namespace
}  // namespace brownout::accel
