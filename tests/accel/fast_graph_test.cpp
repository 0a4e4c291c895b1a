// SPDX-License-Identifier: Apache-2.0
// The fast engine's inference equals the scalar definition, bit for bit, on every instruction set.
#include "accel/fast/fast_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "models/reference_ops.h"
#include "models/requantize.h"
#include "sim/core/error.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

using models::Activation;
using models::Graph;
using models::Inference;
using test_support::random_graph;
using test_support::random_input;
using test_support::RandomGraphLimits;

using NodeWeights = std::vector<std::vector<std::int8_t>>;
/// Random numbers for masks; a function of the seed.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  std::uint32_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 33U);
  }

 private:
  std::uint64_t state_;
};

ByteMasks random_masks(Noise& noise, std::size_t bytes) {
  ByteMasks masks;
  if (noise.next() % 4 == 0) return masks;
  for (std::size_t i = 0; i < bytes; ++i) {
    const bool failing = noise.next() % 8 == 0;
    const auto cell = static_cast<std::uint8_t>(1U << (noise.next() % 8));
    const bool one = noise.next() % 2 == 0;
    // A cell that reads 1 does so whether or not the mask keeps its bit.
    const bool cleared = failing && (!one || noise.next() % 2 == 0);
    masks.keep.push_back(static_cast<std::uint8_t>(cleared ? ~cell : 0xff));
    masks.flip.push_back(failing && one ? cell : std::uint8_t{0});
  }
  return masks;
}

ActivationFaults random_faults(const Graph& graph, std::uint64_t seed) {
  Noise noise(seed);
  ActivationFaults faults;
  for (const models::Node& node : graph.nodes) {
    NodeFaults& f = faults.emplace_back();
    if (noise.next() % 4 != 0) {
      for (const TensorId id : node.inputs) {
        f.inputs.push_back({random_masks(noise, graph.tensor(id).shape.elements()), {}});
      }
    }
    const models::Tensor& output = graph.tensor(node.output);
    const std::size_t element = output.type == models::ElementType::kInt32 ? 4 : 1;
    f.output.masks = random_masks(noise, element * output.shape.elements());
  }
  return faults;
}

NodeWeights random_node_weights(const Graph& graph, std::uint64_t seed) {
  NodeWeights weights;
  for (const models::Node& node : graph.nodes) {
    const auto* conv = std::get_if<models::Conv>(&node.operation);
    weights.push_back(test_support::random_weights(conv == nullptr ? 0 : conv->weights.size(),
                                                   seed + weights.size()));
  }
  return weights;
}

std::uint8_t read(const ByteMasks& masks, std::size_t i, std::uint8_t stored) {
  if (masks.keep.empty()) return stored;
  return static_cast<std::uint8_t>((stored & masks.keep[i]) ^ masks.flip[i]);
}

void mask(const ByteMasks& masks, std::vector<std::uint8_t>& codes) {
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = read(masks, i, codes[i]);
}

void mask(const ByteMasks& masks, std::vector<std::int32_t>& accumulators) {
  for (std::size_t i = 0; i < accumulators.size(); ++i) {
    std::uint32_t value = 0;
    for (std::size_t byte = 0; byte < 4; ++byte) {
      const auto stored =
          static_cast<std::uint8_t>(static_cast<std::uint32_t>(accumulators[i]) >> (8 * byte));
      value |= static_cast<std::uint32_t>(read(masks, 4 * i + byte, stored)) << (8 * byte);
    }
    accumulators[i] = static_cast<std::int32_t>(value);
  }
}

Activation evaluate(const models::Node& node, const std::vector<Activation>& in,
                    const std::vector<std::int8_t>& weights) {
  if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
    const int channels = static_cast<int>(conv->bias.size());
    return {models::output_shape(in[0].shape, conv->window, channels), conv->requantizer.zero_point,
            models::reference_requantize(models::accumulate_conv(in[0], *conv, weights),
                                         conv->requantizer, channels)};
  }
  if (const auto* pool = std::get_if<models::MaxPool>(&node.operation)) {
    return models::reference_max_pool(in[0], *pool);
  }
  if (const auto* pool = std::get_if<models::AveragePool>(&node.operation)) {
    return models::reference_average_pool(in[0], *pool);
  }
  if (const auto* add = std::get_if<models::Add>(&node.operation)) {
    return models::reference_add(in[0], in[1], *add);
  }
  if (const auto* concat = std::get_if<models::Concat>(&node.operation)) {
    std::vector<const Activation*> inputs;
    for (const Activation& input : in) inputs.push_back(&input);
    return models::reference_concat(inputs, *concat);
  }
  if (const auto* rearrange = std::get_if<models::Rearrange>(&node.operation)) {
    return models::reference_rearrange(in[0], *rearrange);
  }
  if (const auto* table = std::get_if<models::Table>(&node.operation)) {
    return models::reference_table(in[0], *table);
  }
  if (std::holds_alternative<models::Flatten>(node.operation)) {
    return models::reference_flatten(in[0]);
  }
  return models::reference_relu(in[0]);
}

/// run_reference with other weights and failing activation cells.
Inference run_masked(const Graph& graph, const NodeWeights& weights, const ActivationFaults& faults,
                     const std::vector<std::uint8_t>& input) {
  std::vector<Activation> values(graph.tensors.size());
  const models::Tensor& first = graph.tensor(graph.input);
  values[graph.input.value()] = {first.shape, first.zero_point, input};
  Inference result;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const models::Node& node = graph.nodes[i];
    std::vector<Activation> in;
    for (const TensorId id : node.inputs) in.push_back(values[id.value()]);
    for (std::size_t j = 0; j < faults[i].inputs.size(); ++j) {
      mask(faults[i].inputs[j].masks, in[j].codes);
    }
    if (graph.tensor(node.output).type == models::ElementType::kInt32) {
      result.logits =
          models::accumulate_conv(in[0], std::get<models::Conv>(node.operation), weights[i]);
      mask(faults[i].output.masks, result.logits);
      result.codes.emplace_back();
      return result;
    }
    Activation out = evaluate(node, in, weights[i]);
    mask(faults[i].output.masks, out.codes);
    result.codes.push_back(out.codes);
    values[node.output.value()] = std::move(out);
  }
  const Activation& last = values[graph.output.value()];
  for (const std::uint8_t code : last.codes) result.logits.push_back(code - last.zero_point);
  return result;
}

void expect_equal(const Graph& graph, const Inference& found, const Inference& expected) {
  ASSERT_EQ(found.codes.size(), expected.codes.size());
  for (std::size_t i = 0; i < expected.codes.size(); ++i) {
    ASSERT_EQ(found.codes[i], expected.codes[i])
        << "node " << i << " (" << models::operation_name(graph.nodes[i].operation) << ")";
  }
  ASSERT_EQ(found.logits, expected.logits);
}

std::vector<Isa> supported_isas() {
  std::vector<Isa> isas;
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512Vnni}) {
    if (is_supported(isa)) isas.push_back(isa);
  }
  return isas;
}

class FastGraphIsa : public testing::TestWithParam<Isa> {};

INSTANTIATE_TEST_SUITE_P(AllIsas, FastGraphIsa, testing::ValuesIn(supported_isas()),
                         [](const testing::TestParamInfo<Isa>& param) {
                           std::string name = isa_name(param.param);
                           name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                           return name;
                         });

void check_clean(std::uint64_t seed, const RandomGraphLimits& limits, Isa isa) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const Graph graph = random_graph(seed, limits);
  const FastGraph fast(graph, isa);
  const FastGraph::Weights weights = fast.pack_clean();
  FastGraph::Workspace workspace(fast);
  for (std::uint64_t image = 0; image < 2; ++image) {
    const std::vector<std::uint8_t> input = random_input(graph, 2 * seed + image);
    const Inference expected = models::run_reference(graph, input);
    expect_equal(graph, fast.run_all(weights, nullptr, input.data(), workspace), expected);
    std::vector<std::int32_t> logits;
    fast.run(weights, input.data(), workspace, logits);
    ASSERT_EQ(logits, expected.logits);
  }
}

TEST_P(FastGraphIsa, EqualsReferenceOnSmallNetworks) {
  for (std::uint64_t seed = 0; seed < 600 && !HasFatalFailure(); ++seed) {
    check_clean(seed, {}, GetParam());
  }
}

TEST_P(FastGraphIsa, EqualsReferenceOnWideNetworks) {
  RandomGraphLimits limits;
  limits.max_channels = 70;
  limits.max_nodes = 4;
  for (std::uint64_t seed = 10000; seed < 10150 && !HasFatalFailure(); ++seed) {
    check_clean(seed, limits, GetParam());
  }
}

TEST_P(FastGraphIsa, EqualsMaskedReferenceUnderFaults) {
  for (std::uint64_t seed = 20000; seed < 20300 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Graph graph = random_graph(seed);
    const FastGraph fast(graph, GetParam());
    FastGraph::Workspace workspace(fast);
    const NodeWeights weights = random_node_weights(graph, seed);
    const ActivationFaults faults = random_faults(graph, seed);
    const std::vector<std::uint8_t> input = random_input(graph, seed);
    const FastGraph::Weights packed = fast.pack(weights);
    expect_equal(graph, fast.run_all(packed, &faults, input.data(), workspace),
                 run_masked(graph, weights, faults, input));
    // Faults leave nothing behind in the workspace.
    const ActivationFaults none(graph.nodes.size());
    expect_equal(graph, fast.run_all(packed, nullptr, input.data(), workspace),
                 run_masked(graph, weights, none, input));
  }
}

/// A one-pixel linear layer of 64 equal weights, all codes `code`.
Graph linear_graph(std::int8_t weight, std::int32_t bias, int zero_point, bool raw) {
  Graph graph;
  graph.input = TensorId(0);
  graph.output = TensorId(1);
  graph.tensors.resize(2);
  graph.tensors[0].shape = {64, 1, 1};
  graph.tensors[0].zero_point = zero_point;
  graph.tensors[1].shape = {1, 1, 1};
  models::Conv conv;
  conv.weights.assign(64, weight);
  conv.weight_scale = {1.0};
  conv.bias = {bias};
  if (raw) graph.tensors[1].type = models::ElementType::kInt32;
  if (!raw) conv.requantizer = {{1 << 30}, {31}, 0, 0, 255};
  graph.nodes.push_back({"linear", conv, {TensorId(0)}, TensorId(1)});
  return graph;
}

std::int32_t only_logit(const Graph& graph, std::uint8_t code, Isa isa) {
  const FastGraph fast(graph, isa);
  FastGraph::Workspace workspace(fast);
  std::vector<std::int32_t> logits;
  fast.run(fast.pack_clean(), std::vector<std::uint8_t>(64, code).data(), workspace, logits);
  return logits.at(0);
}

TEST_P(FastGraphIsa, PairSumsDoNotSaturate) {
  EXPECT_EQ(only_logit(linear_graph(-128, 0, 0, true), 255, GetParam()), -64 * 255 * 128);
  EXPECT_EQ(only_logit(linear_graph(127, 0, 0, true), 255, GetParam()), 64 * 255 * 127);
  EXPECT_EQ(only_logit(linear_graph(-128, 0, 255, true), 0, GetParam()), 64 * 255 * 128);
}

TEST_P(FastGraphIsa, AccumulatorsWrap) {
  // 2^31 - 1 + 64 wraps to -2^31 + 63.
  EXPECT_EQ(only_logit(linear_graph(1, 2147483647, 0, true), 1, GetParam()), -2147483648LL + 63);
  EXPECT_EQ(only_logit(linear_graph(-1, -2147483647 - 1, 0, true), 1, GetParam()), 2147483647 - 63);
}

TEST_P(FastGraphIsa, HalvesRoundUp) {
  // Multiplier / 2^shift is 1/2.
  EXPECT_EQ(only_logit(linear_graph(0, 5, 0, false), 0, GetParam()), 3);
  EXPECT_EQ(only_logit(linear_graph(0, 4, 0, false), 0, GetParam()), 2);
  EXPECT_EQ(only_logit(linear_graph(0, -1, 0, false), 0, GetParam()), 0);
}

TEST(FastGraph, RejectsWrongSizes) {
  const FastGraph fast(linear_graph(1, 0, 0, true));
  FastGraph::Workspace workspace(fast);
  const FastGraph::Weights weights = fast.pack_clean();
  const std::vector<std::uint8_t> input(64);
  std::vector<std::int32_t> logits;
  EXPECT_THROW((void)fast.pack({std::vector<std::int8_t>(63)}), InputError);
  const ActivationFaults too_many(2);
  EXPECT_THROW(fast.run(weights, input.data(), workspace, logits, &too_many), InputError);
  ActivationFaults short_masks(1);
  short_masks[0].inputs = {
      {{std::vector<std::uint8_t>(63, 255), std::vector<std::uint8_t>(63)}, {}}};
  EXPECT_THROW(fast.run(weights, input.data(), workspace, logits, &short_masks), InputError);
}

TEST(FastGraph, RejectsInvalidGraphs) {
  Graph graph = linear_graph(1, 0, 0, true);
  std::get<models::Conv>(graph.nodes[0].operation).weights.pop_back();
  EXPECT_THROW(FastGraph{graph}, InputError);
}

}  // namespace
}  // namespace brownout::accel
