// SPDX-License-Identifier: Apache-2.0
// Errors of output channels: those of random networks against the definition of a convolution, and
// which maps of failing cells make the errors of one channel add up.
#include "sim/sweep/channel_errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "accel/chip_maker.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "models/reference_ops.h"
#include "sim/core/error.h"
#include "tests/support/dice.h"
#include "tests/sweep/random_experiment.h"

namespace brownout::sweep {
namespace {

ChannelErrors measure(const Experiment& experiment, std::size_t jobs = 2) {
  return measure_channel_errors(experiment, jobs, [](const Progress&) {});
}

struct Statistics {
  double mean = 0;
  double deviation = 0;
};

Statistics of(const std::vector<double>& values) {
  Statistics result;
  for (const double value : values) result.mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.deviation = std::sqrt(squares / static_cast<double>(values.size()));
  return result;
}

/// Sums of one node in scalar arithmetic, image after image.
std::vector<std::int32_t> sums(const Experiment& experiment, std::size_t node,
                               const std::vector<std::int8_t>& weights) {
  const models::Graph& graph = experiment.graph;
  const TensorId tensor = graph.nodes[node].inputs.front();
  std::vector<std::int32_t> all;
  for (const auto& input : encode_images(experiment, experiment.config.sweep->images)) {
    models::Activation read{graph.tensor(tensor).shape, graph.tensor(tensor).zero_point, input};
    const models::Inference inference = models::run_reference(graph, input);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (graph.nodes[i].output == tensor) read.codes = inference.codes[i];
    }
    const auto one =
        models::accumulate_conv(read, std::get<models::Conv>(graph.nodes[node].operation), weights);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

void expect_near(double found, double expected, double scale) {
  EXPECT_NEAR(found, expected, 1e-6 * (1 + scale));
}

/// Every channel of `node` against scalar arithmetic on `read`.
void expect_channels(const Experiment& experiment, const std::vector<ChannelError>& channels,
                     std::size_t node, const std::vector<std::int8_t>& read) {
  const auto& stored = std::get<models::Conv>(experiment.graph.nodes[node].operation).weights;
  const std::size_t each = stored.size() / channels.size();
  const auto clean = sums(experiment, node, stored);
  const auto faulty = sums(experiment, node, read);
  for (std::size_t c = 0; c < channels.size(); ++c) {
    double squares = 0;
    double error = 0;
    for (std::size_t i = c * each; i < (c + 1) * each; ++i) {
      squares += std::pow(read[i] - stored[i], 2);
      error += read[i] - stored[i];
    }
    EXPECT_EQ(channels[c].weights, each);
    EXPECT_EQ(channels[c].sum, error);
    EXPECT_DOUBLE_EQ(channels[c].error, std::sqrt(squares));
    std::vector<double> values;
    std::vector<double> added;
    for (std::size_t i = c; i < clean.size(); i += channels.size()) {
      values.push_back(clean[i]);
      added.push_back(static_cast<double>(faulty[i]) - clean[i]);
    }
    // What cancels is only as good as the numbers it is made of.
    const double size = std::abs(of(added).mean) + of(added).deviation;
    expect_near(channels[c].shift, of(added).mean, size);
    expect_near(channels[c].noise, of(added).deviation, size);
    expect_near(channels[c].spread, of(values).deviation,
                std::abs(of(values).mean) + of(values).deviation);
  }
}

/// One convolution of ordinary weights, 64 channels of 3 x 3 to 32.
Experiment one_layer(memory::FaultMapping mapping) {
  models::Conv conv;
  conv.window.kernel_h = conv.window.kernel_w = 3;
  test_support::Dice dice(7);
  for (int i = 0; i < 32 * 64 * 9; ++i) {
    conv.weights.push_back(static_cast<std::int8_t>(dice.roll(-40, 40)));
  }
  conv.weight_scale = {1};
  conv.bias.assign(32, 0);
  Experiment experiment = random_experiment(1);
  models::Graph& graph = experiment.graph;
  graph.tensors = {{"image", {64, 5, 5}, models::ElementType::kUint8, {1.0}, 0},
                   {"sums", {32, 3, 3}, models::ElementType::kInt32, {1.0}, 0}};
  graph.nodes = {{"conv", conv, {TensorId(0)}, TensorId(1)}};
  graph.input = TensorId(0);
  graph.output = TensorId(1);
  graph.preprocessing = {std::vector<double>(64, 0), std::vector<double>(64, 1)};
  experiment.dataset = random_images(graph, 3);
  experiment.config.machine = accel::small_machine(4, 4, 64);
  experiment.config.machine.memory.faults.mapping = mapping;
  experiment.config.sweep->voltages = {VminRatio(0.85)};
  experiment.config.sweep->chips = 12;
  return experiment;
}

TEST(ChannelErrors, AreWhatTheDefinitionOfAConvolutionGives) {
  std::size_t faulty = 0;
  for (std::uint64_t seed = 200; seed < 212; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Experiment experiment = random_experiment(seed);
    constexpr memory::FaultMapping kMappings[] = {memory::FaultMapping::kAddress,
                                                  memory::FaultMapping::kOwnCells,
                                                  memory::FaultMapping::kIbmRandom};
    experiment.config.machine.memory.faults.mapping = kMappings[seed % 3];
    const SweepConfig& sweep = *experiment.config.sweep;
    const accel::FastEngine engine(experiment.graph, experiment.config.machine);
    const accel::ChipMaker maker(experiment.graph, engine.program(), experiment.config.machine);
    const ChannelErrors measured = measure(experiment);
    auto next = measured.channels.begin();
    for (std::uint64_t chip = 0; chip < sweep.chips; ++chip) {
      for (const VminRatio voltage : sweep.voltages) {
        const auto point = experiment.config.rails.with(sweep.rail, voltage);
        const auto made = maker.make(
            ChipId(sweep.first_chip.value() + chip),
            accel::highest_fault_rates(experiment.config.machine,
                                       experiment.config.rails.with(sweep.rail, VminRatio(0.8))));
        const auto read = engine.weights_read(made, point);
        for (std::size_t node = 0; node < read.size(); ++node) {
          if (read[node].empty()) continue;
          const auto count = experiment.graph.tensor(experiment.graph.nodes[node].output).shape;
          const std::vector<ChannelError> channels(next, next + count.channels);
          next += count.channels;
          EXPECT_EQ(channels.front().chip, made.id());
          EXPECT_EQ(channels.front().voltage.count(), voltage.count());
          EXPECT_EQ(channels.front().layer, node);
          expect_channels(experiment, channels, node, read[node]);
          for (const ChannelError& one : channels) faulty += one.error > 0 ? 1 : 0;
        }
      }
    }
    EXPECT_EQ(next, measured.channels.end());
  }
  EXPECT_GT(faulty, 50U) << "too few channels had any fault";
}

TEST(ChannelErrors, NothingIsAddedWhereNothingFails) {
  for (std::uint64_t seed = 220; seed < 226; ++seed) {
    Experiment experiment = random_experiment(seed);
    experiment.config.sweep->voltages = {VminRatio(1)};
    for (const ChannelError& one : measure(experiment).channels) {
      EXPECT_EQ(std::vector<double>({one.error, one.sum, one.shift, one.noise}),
                std::vector<double>(4, 0.0))
          << "seed " << seed;
    }
  }
}

TEST(ChannelErrors, AddUpUnderThePublishedMapAndCancelUnderOthers) {
  const auto summary = [](memory::FaultMapping mapping) {
    return summarise(measure(one_layer(mapping))).front();
  };
  const ChannelSummary published = summary(memory::FaultMapping::kIbmRandom);
  const ChannelSummary shuffled = summary(memory::FaultMapping::kIbmRandomShuffled);
  const ChannelSummary own = summary(memory::FaultMapping::kOwnCells);
  EXPECT_EQ(own.weights, 576U);
  // Of 16 equal weights of one channel about half disagree with a stuck cell, all in one direction.
  EXPECT_GT(published.together, 5);
  EXPECT_LT(published.together, 12);
  for (const ChannelSummary& independent : {shuffled, own}) {
    EXPECT_NEAR(independent.together, 1, 0.35);
    EXPECT_NEAR(independent.error / published.error, 1, 0.15) << "as many weights are wrong";
    EXPECT_GT(published.shift, 1.7 * independent.shift);
  }
}

TEST(ChannelErrors, SummaryIsOfEachChannelsOwnUnit) {
  ChannelErrors errors;
  errors.layers = {"first"};
  const VminRatio voltage(0.8);
  // Two chips of two channels; the last one has no weights but zeros and never changes its sum.
  errors.channels = {{ChipId(1), voltage, 0, 0, 9, 10, 3, 2, 4, -1, 2},
                     {ChipId(1), voltage, 0, 1, 9, 0, 1, 1, 0, 0, 0},
                     {ChipId(2), voltage, 0, 0, 9, 10, 4, -4, 4, 3, 2},
                     {ChipId(2), voltage, 0, 1, 9, 0, 0, 0, 0, 0, 0}};
  const auto summaries = summarise(errors);
  ASSERT_EQ(summaries.size(), 1U);
  const ChannelSummary& one = summaries.front();
  EXPECT_DOUBLE_EQ(one.error, std::sqrt((0.09 + 0.16) / 2));
  EXPECT_DOUBLE_EQ(one.sum, std::sqrt((0.04 + 0.16) / 2));
  EXPECT_DOUBLE_EQ(one.largest_sum, (0.2 + 0.4) / 2);
  EXPECT_DOUBLE_EQ(one.together, (4.0 + 1 + 16) / (9.0 + 1 + 16));
  EXPECT_DOUBLE_EQ(one.shift, std::sqrt((1.0 / 16 + 9.0 / 16) / 2));
  EXPECT_DOUBLE_EQ(one.largest_shift, (0.25 + 0.75) / 2);
  EXPECT_DOUBLE_EQ(one.noise, 0.5);
}

TEST(ChannelErrors, DoNotDependOnThreads) {
  const Experiment experiment = random_experiment(230);
  EXPECT_EQ(channel_error_csv(measure(experiment, 1)), channel_error_csv(measure(experiment, 3)));
}

TEST(ChannelErrors, NeedARailThatSuppliesWeights) {
  Experiment experiment = random_experiment(231);
  experiment.config.sweep->rail = "ifmap";
  try {
    static_cast<void>(measure(experiment));
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "sweep.rail: found 'ifmap', which supplies no weights, allowed: filter");
  }
}

}  // namespace
}  // namespace brownout::sweep
