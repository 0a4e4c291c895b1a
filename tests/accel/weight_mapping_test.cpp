// SPDX-License-Identifier: Apache-2.0
// Mappings that give weights other cells than those of their addresses: own_cells shares none,
// ibm_random_shuffled moves the published map's bits and neither adds nor drops any.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "accel/chip_maker.h"
#include "accel/fault_rates.h"
#include "accel/fault_sources.h"
#include "accel/lowering.h"
#include "accel/weight_view.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

using memory::FaultMapping;
using memory::GroupId;

struct Bench {
  models::Graph graph;
  Machine machine;
  OperatingPoint point = rails(1, 0.8, 1);

  Bench(std::uint64_t seed, FaultMapping mapping)
      : graph(test_support::random_graph(seed)), machine(small_machine(4, 4, 4)) {
    machine.memory.faults.mapping = mapping;
  }
  /// Bytes that weights of all layers are read through, layer by layer.
  [[nodiscard]] std::vector<std::vector<std::uint16_t>> masks(ChipId id) const {
    const Program program = lower(graph, machine);
    const ChipMaker maker(graph, program, machine);
    const auto rates = highest_fault_rates(machine, point);
    const memory::Chip chip = maker.make(id, rates);
    const auto source = make_fault_source({graph, program, machine, chip}, GroupId::kFilter,
                                          memory::Storage::kSettled);
    source->set_rates(rates[GroupId::kFilter]);
    std::vector<std::vector<std::uint16_t>> all;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
      const auto* conv = std::get_if<models::Conv>(&graph.nodes[i].operation);
      if (conv != nullptr)
        all.push_back(masks(*conv, *program.layers[i].conv(), source->reading(i)));
    }
    return all;
  }

 private:
  /// keep and flip of each weight's byte, found by what becomes of all zeros and all ones.
  [[nodiscard]] std::vector<std::uint16_t> masks(models::Conv conv, const ConvGeometry& geometry,
                                                 const memory::FaultMask& mask) const {
    const memory::SramGeometry buffer = machine.geometry()[GroupId::kFilter];
    std::vector<std::uint16_t> bytes(conv.weights.size(), 0);
    for (const int stored : {0, -1}) {
      std::fill(conv.weights.begin(), conv.weights.end(), static_cast<std::int8_t>(stored));
      const WeightsRead read = WeightReader(conv, geometry).read({buffer, mask});
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] =
            static_cast<std::uint16_t>(bytes[i] << 8U | static_cast<std::uint8_t>(read.weights[i]));
      }
    }
    return bytes;
  }
};

TEST(OwnCells, FailAtTheCurvesRateAndApartInEveryLayer) {
  double failing = 0;
  double expected = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Bench bench(seed, FaultMapping::kOwnCells);
    const auto masks = bench.masks(ChipId(seed));
    const double rate = bit_error_rates(bench.machine, bench.point)[GroupId::kFilter];
    for (const auto& layer : masks) {
      expected += rate * 8 * static_cast<double>(layer.size());
      for (const std::uint16_t byte : layer) {
        const auto zeros = static_cast<unsigned>(byte >> 8U);
        const auto ones = static_cast<unsigned>(~byte & 0xffU);
        failing += __builtin_popcount(zeros | ones);
      }
    }
  }
  EXPECT_GT(expected, 1000);
  EXPECT_NEAR(failing, expected, 5 * std::sqrt(expected));
}

TEST(OwnCells, LayersBehindTheFirstMeetOtherCellsThanByAddress) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto own = Bench(seed, FaultMapping::kOwnCells).masks(ChipId(seed));
    const auto shared = Bench(seed, FaultMapping::kAddress).masks(ChipId(seed));
    ASSERT_EQ(own.size(), shared.size());
    for (std::size_t layer = 1; layer < own.size(); ++layer) {
      if (own[layer].size() < 256) continue;
      EXPECT_NE(own[layer], shared[layer]) << "seed " << seed << " layer " << layer;
      ++compared;
    }
  }
  EXPECT_GT(compared, 10);
}

TEST(IbmRandomShuffled, MeetsTheSameBytesAsOftenInAnotherOrder) {
  int moved = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto shuffled = Bench(seed, FaultMapping::kIbmRandomShuffled).masks(ChipId(seed));
    auto published = Bench(seed, FaultMapping::kIbmRandom).masks(ChipId(seed));
    if (shuffled != published) ++moved;
    for (auto* all : {&shuffled, &published}) {
      for (auto& layer : *all) std::sort(layer.begin(), layer.end());
    }
    EXPECT_EQ(shuffled, published) << "seed " << seed;
  }
  EXPECT_GT(moved, 15);
}

}  // namespace
}  // namespace brownout::accel
