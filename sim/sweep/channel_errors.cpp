// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/channel_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "accel/chip_maker.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "sim/core/error.h"
#include "sim/core/thread_pool.h"
#include "sim/sweep/csv.h"
#include "sim/sweep/sensitivity.h"

namespace brownout::sweep {
namespace {

using accel::FastGraph;
using Bytes = std::vector<std::uint8_t>;

/// Of whole numbers that fit a double's mantissa with their squares' sums, near enough.
struct Moments {
  double count = 0;
  double sum = 0;
  double squares = 0;

  void add(double value) {
    ++count;
    sum += value;
    squares += value * value;
  }
  [[nodiscard]] double mean() const { return sum / count; }
  [[nodiscard]] double deviation() const {
    return std::sqrt(std::max(0.0, squares / count - mean() * mean()));
  }
};

/// A layer with weights as a network of its own, whose outputs are its sums.
struct LayerAlone {
  std::size_t node;
  TensorId input;
  std::size_t channels;
  FastGraph sums;
  FastGraph::Weights stored;
};

LayerAlone alone(const models::Graph& graph, std::size_t index) {
  const models::Node& node = graph.nodes[index];
  models::Conv conv = std::get<models::Conv>(node.operation);
  conv.requantizer = {};
  models::Tensor output = graph.tensor(node.output);
  output.type = models::ElementType::kInt32;
  output.zero_point = 0;
  models::Graph layer;
  layer.name = node.name;
  layer.tensors = {graph.tensor(node.inputs.front()), output};
  layer.nodes = {{node.name, std::move(conv), {TensorId(0)}, TensorId(1)}};
  layer.input = TensorId(0);
  layer.output = TensorId(1);
  layer.preprocessing = graph.preprocessing;
  FastGraph sums(std::move(layer));
  FastGraph::Weights stored = sums.pack_clean();
  return {index, node.inputs.front(), static_cast<std::size_t>(output.shape.channels),
          std::move(sums), std::move(stored)};
}

/// What the threads share.
struct Shared {
  const Experiment& experiment;
  const accel::FastEngine& engine;
  const accel::ChipMaker& maker;
  std::vector<accel::OperatingPoint> points;  ///< one a voltage
  const FastGraph& network;
  std::vector<LayerAlone> layers;
  std::vector<Bytes> inputs;
};

/// A layer's weights as one chip reads them at one voltage, with what they add to its sums.
struct LayerRead {
  std::vector<std::int8_t> weights;
  FastGraph::Weights packed;
  std::vector<Moments> added;  ///< by channel
};

/// Codes of a tensor, where nothing failed.
const Bytes& codes_of(const models::Graph& graph, TensorId tensor, const Bytes& input,
                      const models::Inference& inference) {
  if (tensor == graph.input) return input;
  const auto node =
      std::find_if(graph.nodes.begin(), graph.nodes.end(),
                   [&](const models::Node& candidate) { return candidate.output == tensor; });
  return inference.codes[static_cast<std::size_t>(node - graph.nodes.begin())];
}

/// Every voltage's weights of one layer on one chip against the stored ones, image by image.
class LayerErrors {
 public:
  LayerErrors(const LayerAlone& layer, std::vector<LayerRead> reads)
      : layer_(layer), reads_(std::move(reads)), clean_(layer.channels), workspace_(layer.sums) {}

  void run(const Bytes& input) {
    layer_.sums.run(layer_.stored, input.data(), workspace_, stored_);
    for (std::size_t i = 0; i < stored_.size(); ++i) clean_[i % layer_.channels].add(stored_[i]);
    for (LayerRead& read : reads_) {
      layer_.sums.run(read.packed, input.data(), workspace_, found_);
      for (std::size_t i = 0; i < found_.size(); ++i) {
        read.added[i % layer_.channels].add(static_cast<double>(found_[i]) - stored_[i]);
      }
    }
  }

  /// Channel by channel at voltage `at`, without what all have in common.
  [[nodiscard]] std::vector<ChannelError> channels(std::size_t at,
                                                   const std::vector<std::int8_t>& stored) const {
    const LayerRead& read = reads_[at];
    std::vector<ChannelError> result(layer_.channels);
    const std::size_t weights = stored.size() / layer_.channels;
    for (std::size_t c = 0; c < result.size(); ++c) {
      ChannelError& one = result[c];
      one.layer = layer_.node;
      one.channel = c;
      one.weights = weights;
      for (std::size_t i = c * weights; i < (c + 1) * weights; ++i) {
        const double error = static_cast<double>(read.weights[i]) - stored[i];
        one.norm += static_cast<double>(stored[i]) * stored[i];
        one.error += error * error;
        one.sum += error;
      }
      one.norm = std::sqrt(one.norm);
      one.error = std::sqrt(one.error);
      one.spread = clean_[c].deviation();
      one.shift = read.added[c].mean();
      one.noise = read.added[c].deviation();
    }
    return result;
  }

 private:
  const LayerAlone& layer_;
  std::vector<LayerRead> reads_;  ///< one a voltage
  std::vector<Moments> clean_;    ///< by channel
  FastGraph::Workspace workspace_;
  std::vector<std::int32_t> stored_;
  std::vector<std::int32_t> found_;
};

std::vector<LayerErrors> read_layers(const Shared& shared, const memory::Chip& chip) {
  std::vector<std::vector<std::vector<std::int8_t>>> weights;  // by voltage and node
  for (const accel::OperatingPoint& point : shared.points) {
    weights.push_back(shared.engine.weights_read(chip, point));
  }
  std::vector<LayerErrors> layers;
  for (const LayerAlone& layer : shared.layers) {
    std::vector<LayerRead> reads;
    for (auto& read : weights) {
      FastGraph::Weights packed = layer.sums.pack({read[layer.node]});
      reads.push_back(
          {std::move(read[layer.node]), std::move(packed), std::vector<Moments>(layer.channels)});
    }
    layers.emplace_back(layer, std::move(reads));
  }
  return layers;
}

std::vector<ChannelError> measure_chip(const Shared& shared, ChipId id) {
  const models::Graph& graph = shared.experiment.graph;
  const memory::Chip chip = shared.maker.make(
      id, accel::highest_fault_rates(shared.experiment.config.machine, shared.points));
  std::vector<LayerErrors> layers = read_layers(shared, chip);
  const FastGraph::Weights stored = shared.network.pack_clean();
  FastGraph::Workspace workspace(shared.network);
  for (const Bytes& input : shared.inputs) {
    const auto inference = shared.network.run_all(stored, nullptr, input.data(), workspace);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layers[i].run(codes_of(graph, shared.layers[i].input, input, inference));
    }
  }
  std::vector<ChannelError> result;
  for (std::size_t v = 0; v < shared.points.size(); ++v) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const auto& conv = std::get<models::Conv>(graph.nodes[shared.layers[i].node].operation);
      for (ChannelError& one : layers[i].channels(v, conv.weights)) {
        one.chip = id;
        one.voltage = shared.experiment.config.sweep->voltages[v];
        result.push_back(one);
      }
    }
  }
  return result;
}

void require_weights(const Experiment& experiment) {
  const std::string& rail = experiment.config.sweep->rail;
  const auto rails =
      experiment.config.machine.accelerator.buffers[memory::GroupId::kFilter].rails();
  if (rails.count(rail) != 0) return;
  throw InputError(fmt::format("sweep.rail: found '{}', which supplies no weights, allowed: {}",
                               rail, fmt::join(rails, ", ")));
}

}  // namespace

ChannelErrors measure_channel_errors(const Experiment& experiment, std::size_t jobs,
                                     const Observer& observe) {
  require(experiment.config.sweep.has_value(), "channels are measured as a sweep says");
  refuse_generator(experiment);
  require_weights(experiment);
  const SweepConfig& sweep = *experiment.config.sweep;
  const accel::FastEngine engine(experiment.graph, experiment.config.machine);
  const accel::ChipMaker maker(experiment.graph, engine.program(), experiment.config.machine);
  const FastGraph network(experiment.graph);
  Shared shared{
      experiment, engine, maker, {}, network, {}, encode_images(experiment, sweep.images)};
  ChannelErrors result{experiment.network_name, sweep.rail, sweep.images, sweep.chips, {}, {}};
  for (const VminRatio voltage : sweep.voltages) {
    shared.points.push_back(experiment.config.rails.with(sweep.rail, voltage));
  }
  for (std::size_t i = 0; i < experiment.graph.nodes.size(); ++i) {
    const models::Node& node = experiment.graph.nodes[i];
    result.layers.push_back(node.name);
    if (std::holds_alternative<models::Conv>(node.operation)) {
      shared.layers.push_back(alone(experiment.graph, i));
    }
  }
  std::vector<std::vector<ChannelError>> chips(sweep.chips);
  std::mutex mutex;
  Progress progress{0, sweep.chips, 0, sweep.chips * sweep.images};
  ThreadPool(jobs).parallel_for(sweep.chips, [&](std::size_t, std::size_t index) {
    chips[index] = measure_chip(shared, ChipId(sweep.first_chip.value() + index));
    const std::lock_guard<std::mutex> guard(mutex);
    ++progress.points_done;
    progress.images_done += sweep.images;
    observe(progress);
  });
  for (const auto& chip : chips) {
    result.channels.insert(result.channels.end(), chip.begin(), chip.end());
  }
  return result;
}

std::string channel_error_csv(const ChannelErrors& errors) {
  std::string text = join_csv({"chip", "voltage_vmin", "layer", "channel", "weights", "norm",
                               "error", "sum", "spread", "shift", "noise"}) +
                     "\n";
  for (const ChannelError& one : errors.channels) {
    text += join_csv({std::to_string(one.chip.value()), csv_number(one.voltage.count()),
                      errors.layers[one.layer], std::to_string(one.channel),
                      std::to_string(one.weights), csv_number(one.norm), csv_number(one.error),
                      csv_number(one.sum), csv_number(one.spread), csv_number(one.shift),
                      csv_number(one.noise)}) +
            "\n";
  }
  return text;
}

}  // namespace brownout::sweep
