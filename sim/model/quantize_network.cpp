// SPDX-License-Identifier: Apache-2.0
#include "sim/model/quantize_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/data/input_encoder.h"
#include "models/onnx/export.h"
#include "models/onnx/float_import.h"
#include "models/quantizer/float_evaluate.h"
#include "models/reference.h"
#include "sim/core/error.h"
#include "sim/sweep/text_table.h"

namespace brownout::model {
namespace {

using models::Dataset;
using models::FloatNetwork;
using models::Graph;

/// Images whose layers are compared between float and integers.
constexpr std::size_t kComparedImages = 16;

/// Power of a signal and of its error.
class SignalToNoise {
 public:
  void add(double signal, double read) {
    signal_ += signal * signal;
    noise_ += (signal - read) * (signal - read);
  }
  [[nodiscard]] double decibels() const {
    if (noise_ == 0) return std::numeric_limits<double>::infinity();
    return 10 * std::log10(signal_ / noise_);
  }

 private:
  double signal_ = 0;
  double noise_ = 0;
};

Dataset load(const ImageChoice& choice) {
  Dataset dataset = models::load_dataset(choice.dataset);
  if (choice.images > dataset.size()) {
    throw InputError(
        fmt::format("found {} images, allowed: at most {}, the size of the data set "
                    "'{}'",
                    choice.images, dataset.size(), dataset.name));
  }
  return choice.images == 0 ? dataset : models::first_images(dataset, choice.images);
}

FloatNetwork load_network(const QuantizeNetworkConfig& config) {
  FloatNetwork network = models::load_float_onnx(config.network);
  if (config.preprocessing) network.preprocessing = *config.preprocessing;
  const auto channels = static_cast<std::size_t>(network.input.channels);
  if (network.preprocessing.mean.size() != channels) {
    throw InputError(fmt::format("preprocessing has {} channels, the network {}",
                                 network.preprocessing.mean.size(), channels));
  }
  return config.fold_batch_norm ? models::fold_batch_norm(std::move(network)) : network;
}

/// Of the weights as real numbers: code x scale against what was trained, gain included.
double weight_decibels(const models::FloatConv& trained, const models::Conv& stored) {
  SignalToNoise ratio;
  const std::size_t fan_in = trained.weights.size() / static_cast<std::size_t>(trained.outputs);
  for (std::size_t i = 0; i < trained.weights.size(); ++i) {
    const std::size_t channel = i / fan_in;
    const double scale = stored.weight_scale.at(stored.weight_scale.size() == 1 ? 0 : channel);
    const double gain = models::channel_affine(trained, channel).gain;
    ratio.add(gain * static_cast<double>(trained.weights[i]), scale * stored.weights[i]);
  }
  return ratio.decibels();
}

/// Every layer's float values against what its integers stand for.
std::vector<SignalToNoise> output_noise(const FloatNetwork& network, const Graph& graph,
                                        const Dataset& images) {
  const models::FloatEvaluator evaluator(network);
  const models::InputEncoder encoder(graph);
  std::vector<SignalToNoise> ratios(network.nodes.size());
  for (std::size_t i = 0; i < std::min(images.size(), kComparedImages); ++i) {
    const auto values = evaluator.values(models::preprocess(images, i, network.preprocessing));
    const models::Inference inference = models::run_reference(graph, encoder.encode(images, i));
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const models::Tensor& tensor = graph.tensor(graph.nodes[n].output);
      const bool raw = tensor.type == models::ElementType::kInt32;
      const std::size_t channels = static_cast<std::size_t>(tensor.shape.channels);
      for (std::size_t e = 0; e < values[n + 1].size(); ++e) {
        const double scale = tensor.scale.at(tensor.scale.size() == 1 ? 0 : e % channels);
        const int code = raw ? inference.logits[e] : inference.codes[n][e] - tensor.zero_point;
        ratios[n].add(static_cast<double>(values[n + 1][e]), scale * code);
      }
    }
  }
  return ratios;
}

std::vector<LayerReport> layer_reports(const FloatNetwork& network, const Graph& graph,
                                       const std::vector<models::Range>& ranges,
                                       const std::vector<SignalToNoise>& noise) {
  std::vector<LayerReport> layers;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const models::Node& node = graph.nodes[n];
    const models::Tensor& output = graph.tensor(node.output);
    LayerReport layer{node.name,          models::operation_name(node.operation),
                      ranges[n + 1],      output.scale.front(),
                      output.zero_point,  {},
                      noise[n].decibels()};
    if (const auto* conv = std::get_if<models::FloatConv>(&network.nodes[n].operation)) {
      layer.weight_db = weight_decibels(*conv, std::get<models::Conv>(node.operation));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::string text_of(const Score& score) {
  return fmt::format("{:.2f} % ({} of {})", 100 * score.share(), score.correct, score.images);
}

}  // namespace

QuantizeReport quantize_network(const QuantizeNetworkConfig& config,
                                const std::function<void(const std::string&)>& log) {
  const FloatNetwork network = load_network(config);
  const Dataset images = load(config.calibration);
  if (images.shape != network.input) {
    throw InputError(
        fmt::format("found calibration images of {} x {} x {} (channels x height x "
                    "width), the network takes {} x {} x {}",
                    images.shape.channels, images.shape.height, images.shape.width,
                    network.input.channels, network.input.height, network.input.width));
  }
  log(fmt::format("calibrating on {} images of {}", images.size(), images.name));
  models::Calibrator calibrator(network, config.ranges);
  for (std::size_t i = 0; i < images.size(); ++i) {
    calibrator.add(models::preprocess(images, i, network.preprocessing));
  }
  const auto ranges = calibrator.ranges();
  const Graph graph = models::quantize(network, ranges, config.weights);
  QuantizeReport report;
  report.layers = layer_reports(network, graph, ranges, output_noise(network, graph, images));
  if (config.test) {
    const Dataset test = load(*config.test);
    log(fmt::format("measuring the accuracy on {} images of {}", test.size(), test.name));
    ThreadPool pool;
    report.before = float_score(network, test, test.size(), pool);
    report.after = integer_score(graph, test, test.size(), pool);
  }
  models::save_onnx(graph, config.output);
  return report;
}

std::string report_text(const QuantizeReport& report) {
  sweep::TextTable table({{"", "layer", true},
                          {"", "operation", true},
                          {"output range", "from", false},
                          {"output range", "to", false},
                          {"codes", "scale", false},
                          {"codes", "zero", false},
                          {"SNR, dB", "weights", false},
                          {"SNR, dB", "output", false}});
  for (const LayerReport& layer : report.layers) {
    table.add_row({layer.name, layer.operation, fmt::format("{:.4g}", layer.range.lowest),
                   fmt::format("{:.4g}", layer.range.highest), fmt::format("{:.4g}", layer.scale),
                   std::to_string(layer.zero_point),
                   layer.weight_db ? fmt::format("{:.1f}", *layer.weight_db) : "",
                   fmt::format("{:.1f}", layer.output_db)});
  }
  std::string text = table.text();
  if (report.before && report.after) {
    text += fmt::format("\naccuracy, float:    {}\naccuracy, integers: {}\n",
                        text_of(*report.before), text_of(*report.after));
  }
  return text;
}

}  // namespace brownout::model
