// SPDX-License-Identifier: Apache-2.0
// Which element a failing cell hits, worked out by hand from DESIGN section 6 and not by the
// geometry code that both engines share.
#include "accel/fault_view.h"

#include <gtest/gtest.h>

#include "accel/lowering.h"
#include "accel/weight_view.h"
#include "tests/accel/machine_fixture.h"

namespace brownout::accel {
namespace {

/// One cell stuck at 1: bit `bit` of word `word`.
memory::FaultMask stuck_at_one(const memory::SramGeometry& geometry, std::uint32_t word,
                               std::uint32_t bit) {
  memory::FaultMask mask{std::vector<std::uint64_t>(geometry.words(), ~std::uint64_t{0}),
                         std::vector<std::uint64_t>(geometry.words(), 0)};
  mask.keep[word] &= ~(std::uint64_t{1} << bit);
  mask.flip[word] |= std::uint64_t{1} << bit;
  return mask;
}

/// 1 x 1 convolution of `channels` to `filters` over 2 x 2 pixels, all weights zero.
models::Graph pointwise(int channels, int filters) {
  models::Conv conv;
  conv.weights.assign(static_cast<std::size_t>(channels) * static_cast<std::size_t>(filters), 0);
  conv.weight_scale = {1};
  conv.bias.assign(static_cast<std::size_t>(filters), 0);
  models::Graph graph;
  graph.tensors = {{"in", {channels, 2, 2}, models::ElementType::kUint8, {1.0}, 0},
                   {"out", {filters, 2, 2}, models::ElementType::kInt32, {1.0}, 0}};
  graph.nodes = {{"conv", conv, {TensorId(0)}, TensorId(1)}};
  graph.input = TensorId(0);
  graph.output = TensorId(1);
  return graph;
}

/// The weights that differ from zero, as read.
std::vector<std::size_t> changed_weights(const models::Graph& graph, const Machine& machine,
                                         std::uint32_t word, std::uint32_t bit) {
  const Program program = lower(graph, machine);
  const auto geometry = machine.geometry()[memory::GroupId::kFilter];
  const WeightReader reader(std::get<models::Conv>(graph.nodes[0].operation),
                            *program.layers[0].conv());
  const auto read = reader.read({geometry, stuck_at_one(geometry, word, bit)}).weights;
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (read[i] != 0) changed.push_back(i);
  }
  return changed;
}

TEST(FaultView, AFilterWordFeedsEightColumnsOfOneK) {
  // 32 x 32 array, K 3, N 10: every k takes two words, columns 0-7 and 8-9. Word 3 is k 1, columns
  // 8 and 9; its byte 1 is column 9, hence weight [9][1] of [10][3].
  const models::Graph graph = pointwise(3, 10);
  EXPECT_EQ(changed_weights(graph, small_machine(32, 32, 4), 3, 8 + 2),
            (std::vector<std::size_t>{9 * 3 + 1}));
  // Byte 2 of that word holds no weight.
  EXPECT_TRUE(changed_weights(graph, small_machine(32, 32, 4), 3, 16).empty());
}

TEST(FaultView, TheNextColumnTileFollowsTheWholeOneBefore) {
  // 32 x 4 array: tiles of 4 columns, one word a k. Tile 0 takes words 0-2, tile 1 words 3-5: word
  // 4, byte 2 is k 1 of column 4 + 2.
  EXPECT_EQ(changed_weights(pointwise(3, 10), small_machine(32, 4, 4), 4, 16),
            (std::vector<std::size_t>{6 * 3 + 1}));
}

TEST(FaultView, ACellHitsEveryWeightThatWrapsAroundToIt) {
  // One macro of 64 words; K 100 of one word each: word 5 holds k 5 and, wrapped around, k 69.
  EXPECT_EQ(changed_weights(pointwise(100, 1), small_machine(32, 32, 1), 5, 0),
            (std::vector<std::size_t>{5, 69}));
}

TEST(FaultView, AnInputCodeLiesAtItsPlaceInHeightWidthChannelOrder) {
  const models::Graph graph = pointwise(3, 10);
  const Machine machine = small_machine(32, 32, 4);
  const Program program = lower(graph, machine);
  const auto geometry = machine.geometry();
  const memory::FaultMask none;
  // 3 channels: byte 10 is pixel (1, 1), channel 1; it lies in word 1, byte 2.
  const memory::FaultMask mask = stuck_at_one(geometry[memory::GroupId::kIfmap], 1, 16 + 7);
  const NodeFaults faults = activation_faults(graph, graph.nodes[0], program.layers[0],
                                              {geometry[memory::GroupId::kIfmap], mask},
                                              {geometry[memory::GroupId::kOfmap], none});
  ASSERT_EQ(faults.inputs.size(), 1U);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(faults.inputs[0].masks.flip[i], i == 10 ? 0x80 : 0) << i;
    EXPECT_EQ(faults.inputs[0].masks.keep[i], i == 10 ? 0x7f : 0xff) << i;
  }
  EXPECT_TRUE(faults.output.empty());
}

TEST(FaultView, AResultLiesInOrderOfProductionFromAWordOn) {
  // Raw 32-bit results, 10 columns: 40 bytes a pixel, five words. Pixel 2, column 3 begins at byte
  // 2 * 40 + 12 = 92: word 11, byte 4; its bit 8 is bit 0 of byte 5.
  const models::Graph graph = pointwise(3, 10);
  const Machine machine = small_machine(32, 32, 4);
  const Program program = lower(graph, machine);
  const auto geometry = machine.geometry();
  const memory::FaultMask none;
  const memory::FaultMask mask = stuck_at_one(geometry[memory::GroupId::kOfmap], 11, 40);
  const NodeFaults faults = activation_faults(graph, graph.nodes[0], program.layers[0],
                                              {geometry[memory::GroupId::kIfmap], none},
                                              {geometry[memory::GroupId::kOfmap], mask});
  const std::size_t hit = (2 * 10 + 3) * 4 + 1;  // little endian, HWC
  for (std::size_t i = 0; i < 160; ++i)
    EXPECT_EQ(faults.output.masks.flip.at(i), i == hit ? 1 : 0) << i;
}

}  // namespace
}  // namespace brownout::accel
