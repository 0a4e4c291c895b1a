// SPDX-License-Identifier: Apache-2.0
// Closed forms of the mapping against counting, on random convolutions, arrays and loop nests.
#include "accel/conv_geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "accel/lowering.h"
#include "accel/word_port.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

struct Case {
  models::Conv conv;
  models::Shape input;
  Mapping mapping;
};

Mapping random_mapping(std::mt19937_64& random) {
  Mapping mapping;
  mapping.rows = static_cast<std::uint32_t>(1 + random() % 40);
  mapping.cols = static_cast<std::uint32_t>(1 + random() % 40);
  mapping.word_bytes = std::uint32_t{1} << random() % 4;
  mapping.dataflow = kDataflows.at(random() % 3);
  mapping.order = random() % 2 == 0 ? LoopOrder::kFilterOuter : LoopOrder::kIfmapOuter;
  if (random() % 2 == 0) mapping.stream_block = static_cast<std::uint32_t>(1 + random() % 30);
  return mapping;
}

/// The convolutions of random networks on random arrays.
std::vector<Case> cases() {
  std::vector<Case> found;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const models::Graph graph = test_support::random_graph(seed);
    for (const models::Node& node : graph.nodes) {
      if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
        found.push_back({*conv, graph.tensor(node.inputs.front()).shape, random_mapping(random)});
      }
    }
  }
  return found;
}

TEST(ConvGeometry, FoldsCoverEveryProductOnceAndFitTheArray) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.mapping);
    std::map<std::uint64_t, std::uint64_t> products;  // of each output element
    for (std::uint64_t i = 0; i < geometry.folds(); ++i) {
      const Fold fold = geometry.fold(i);
      const bool os = c.mapping.dataflow == Dataflow::kOutputStationary;
      const bool is = c.mapping.dataflow == Dataflow::kInputStationary;
      ASSERT_LE(os ? fold.m_count : fold.k_count, c.mapping.rows);
      ASSERT_LE(is ? fold.m_count : fold.n_count, c.mapping.cols);
      for (std::uint32_t p = 0; p < fold.m_count; ++p) {
        for (std::uint32_t n = 0; n < fold.n_count; ++n) {
          std::uint64_t& done = products[geometry.output_element(fold, p, n)];
          ASSERT_EQ(done, fold.k_begin) << "K tiles come in order";
          done += fold.k_count;
          ASSERT_EQ(fold.last_k, done == geometry.k());
        }
      }
    }
    const auto elements =
        models::output_shape(c.input, c.conv.window, static_cast<int>(c.conv.bias.size()))
            .elements();
    ASSERT_EQ(products.size(), elements);
    ASSERT_EQ(products.rbegin()->first, elements - 1);
    for (const auto& [element, done] : products) ASSERT_EQ(done, geometry.k());
  }
}

TEST(ConvGeometry, ResultsLieInOrderOfProduction) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.mapping);
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < geometry.folds(); ++i) {
      const Fold fold = geometry.fold(i);
      if (fold.first_k()) {
        ASSERT_EQ(fold.ofmap().begin, next);
        next = fold.ofmap().end;
      }
      ASSERT_EQ(fold.ofmap().end, next) << "partial sums stay in place";
      ASSERT_EQ(fold.ofmap_base % c.mapping.word_bytes, 0U);
      ASSERT_GE(fold.ofmap_pitch, std::uint64_t{fold.n_count} * geometry.result_bytes(fold));
    }
    ASSERT_EQ(geometry.ofmap_bytes(), next);
  }
}

TEST(ConvGeometry, EveryWeightHasOnePositionAndTheImageHoldsItThere) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.mapping);
    const std::vector<std::uint8_t> image = filter_image(c.conv, geometry);
    std::map<std::size_t, std::uint64_t> position_of;  // of each weight
    std::set<std::uint64_t> positions;
    for (std::uint64_t i = 0; i < geometry.folds(); ++i) {
      const Fold fold = geometry.fold(i);
      for (std::uint32_t line = 0; line < geometry.filter_lines(fold); ++line) {
        for (std::uint32_t lane = 0; lane < geometry.filter_width(fold); ++lane) {
          const std::size_t weight = geometry.weight_index(fold, line, lane);
          const std::uint64_t p = fold.filter_base + line * fold.filter_pitch + lane;
          const bool first = geometry.first_use_of_filter(fold);
          ASSERT_EQ(position_of.emplace(weight, p).second, first) << "first use, or seen before";
          ASSERT_EQ(position_of[weight], p) << "a re-fetched weight comes back to its place";
          ASSERT_EQ(positions.insert(p).second, first);
          ASSERT_LT(p, image.size());
          ASSERT_EQ(static_cast<std::int8_t>(image[p]), c.conv.weights.at(weight));
        }
      }
    }
    ASSERT_EQ(position_of.size(), c.conv.weights.size());
    const Fold fold = geometry.fold(geometry.folds() - 1);
    std::uint32_t next = 0;
    geometry.visit_filter_line(
        fold, 0,
        [&](std::uint32_t lane, std::uint32_t count, std::size_t index, std::size_t stride) {
          ASSERT_EQ(lane, next);
          for (std::uint32_t i = 0; i < count; ++i, ++next, index += stride) {
            ASSERT_EQ(index, geometry.weight_index(fold, 0, next));
          }
        });
    ASSERT_EQ(next, geometry.filter_width(fold));
  }
}

/// Words that walking the operands of `fold` through their ports reads.
std::uint64_t walked_reads(const ConvGeometry& geometry, const Fold& fold) {
  std::uint64_t reads = 0;
  WordPort port(geometry.mapping().word_bytes);
  for (std::uint32_t p = 0; p < fold.m_count; ++p) {
    if (geometry.port_per_pixel()) port.reset();
    for (std::uint32_t k = fold.k_begin; k < fold.k_begin + fold.k_count; ++k) {
      const auto tap =
          geometry.ifmap_position(fold.group, fold.m_begin + p, k / geometry.channels());
      if (tap && port.advance(*tap + k % geometry.channels())) ++reads;
    }
  }
  return reads;
}

TEST(ConvGeometry, ReadCountsAreThoseOfWalkingTheOperands) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.mapping);
    for (std::uint64_t i = 0; i < geometry.folds(); ++i) {
      const Fold fold = geometry.fold(i);
      ASSERT_EQ(geometry.ifmap_reads(fold), walked_reads(geometry, fold));
    }
  }
}

TEST(ConvGeometry, ExtentsHoldExactlyWhatAStreamRangeNeeds) {
  for (const Case& c : cases()) {
    const ConvGeometry geometry(c.conv, c.input, c.mapping);
    for (std::uint64_t i = 0; i < geometry.folds(); ++i) {
      const Fold fold = geometry.fold(i);
      const std::uint32_t stream = geometry.stream(fold);
      const std::uint32_t from = stream / 3;
      const std::uint32_t to = stream - stream / 4;
      Extent ifmap;
      for (std::uint32_t p = 0; p < fold.m_count; ++p) {
        for (std::uint32_t k = fold.k_begin; k < fold.k_begin + fold.k_count; ++k) {
          const bool os = c.mapping.dataflow == Dataflow::kOutputStationary;
          const std::uint32_t vector = os                                                  ? k
                                       : c.mapping.dataflow == Dataflow::kWeightStationary ? p
                                                                                           : 0;
          if (vector < from || vector >= to) continue;
          const auto tap =
              geometry.ifmap_position(fold.group, fold.m_begin + p, k / geometry.channels());
          if (!tap) continue;
          const std::uint64_t position = *tap + k % geometry.channels();
          ASSERT_LT(position, c.input.elements());
          ifmap = ifmap.hull({position, position + 1});
        }
      }
      const Extent closed = geometry.ifmap_extent(fold, from, to);
      ASSERT_EQ(closed.empty(), ifmap.empty());
      if (!ifmap.empty()) {
        ASSERT_EQ(closed, ifmap);
      }
      const Extent filter = geometry.filter_extent(fold, from, to);
      const bool stationary = c.mapping.dataflow == Dataflow::kWeightStationary;
      const std::uint64_t lines = !stationary ? to - from : from == 0 ? fold.k_count : 0;
      ASSERT_EQ(filter.size(), lines * fold.filter_pitch);
    }
  }
}

}  // namespace
}  // namespace brownout::accel
