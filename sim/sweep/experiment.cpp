// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/experiment.h"

#include <fmt/format.h>
#include <zlib.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "models/data/input_encoder.h"
#include "models/onnx/import.h"
#include "sim/core/error.h"
#include "sim/sweep/layer_costs.h"

namespace brownout::sweep {
namespace {

std::uint32_t crc(std::uint32_t start, const void* data, std::size_t bytes) {
  return static_cast<std::uint32_t>(crc32_z(start, static_cast<const Bytef*>(data), bytes));
}

std::uint32_t file_crc(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string contents{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.good() && !stream.eof()) throw InputError(path.string() + ": cannot be read");
  return crc(0, contents.data(), contents.size());
}

std::uint32_t images_crc(const models::Dataset& dataset) {
  const std::uint32_t pixels = crc(0, dataset.pixels.data(), dataset.pixels.size());
  return crc(pixels, dataset.labels.data(), dataset.labels.size() * sizeof(dataset.labels[0]));
}

void check_fit(const Experiment& experiment, config::Section root) {
  const models::Graph& graph = experiment.graph;
  const models::Dataset& dataset = experiment.dataset;
  const models::Shape& input = graph.tensor(graph.input).shape;
  if (input != dataset.shape) {
    root.fail("dataset",
              fmt::format("found images of {} (channels x height x width), the network '{}' takes "
                          "{}; 'dataset.pad_to' enlarges images",
                          shape_text(dataset.shape), experiment.network_name, shape_text(input)));
  }
  const std::size_t classes = graph.tensor(graph.output).shape.elements();
  if (classes != dataset.class_names.size()) {
    root.fail("network", fmt::format("found {} outputs, the data set '{}' has {} classes", classes,
                                     dataset.name, dataset.class_names.size()));
  }
}

void check_count(config::Section section, const char* key, std::size_t count,
                 const models::Dataset& dataset) {
  if (count <= dataset.size()) return;
  section.fail(key, fmt::format("found {}, allowed: at most {}, the size of the data set '{}'",
                                count, dataset.size(), dataset.name));
}

void check_counts(const Experiment& experiment, config::Section root) {
  const ExperimentConfig& config = experiment.config;
  if (root.has("run")) {
    check_count(root.section("run", ""), "images", config.run.images, experiment.dataset);
  }
  if (!config.sweep) return;
  const config::Section sweep = root.section("sweep", "");
  check_count(sweep, "images", config.sweep->images, experiment.dataset);
  check_count(sweep, "nominal_images", config.sweep->nominal_images, experiment.dataset);
}

/// Layers that count more in placement must be there.
void check_sensitivity(const Experiment& experiment, config::Section root) {
  for (const auto& [layer, factor] :
       experiment.config.machine.memory.faults.placement.sensitivity) {
    try {
      static_cast<void>(layer_index(experiment.graph, layer));
    } catch (const InputError& error) {
      root.section("memory", "")
          .section("faults", "")
          .section("placement", "")
          .fail("sensitivity", error.what());
    }
  }
}

/// Loads the generator and puts it where it belongs.
void put_stage(Experiment& experiment, config::Section root) {
  if (!experiment.config.fuse) return;
  const fuse::GeneratorChoice& generator = experiment.config.fuse->config.generator;
  try {
    experiment.stage = fuse::make_stage(*experiment.config.fuse, experiment.graph);
    experiment.graph = fuse::network_on_array(*experiment.stage);
    if (generator.zoo.empty()) experiment.generator_crc = file_crc(generator.file);
  } catch (const InputError& error) {
    root.section("fuse", "").fail("generator", error.what());
  }
}

/// Layers by name become positions in the network.
void resolve_layers(Experiment& experiment, config::Section root) {
  std::vector<accel::VoltageChange> schedule;
  for (const NamedChange& change : experiment.config.changes) {
    try {
      schedule.push_back(
          {layer_index(experiment.graph, change.from_layer), change.rail, change.voltage});
    } catch (const InputError& error) {
      root.fail("rails", fmt::format("rails.{}.schedule: {}", change.rail, error.what()));
    }
  }
  experiment.config.rails =
      accel::OperatingPoint(experiment.config.rails.rails(), std::move(schedule));
  if (experiment.stage && experiment.stage->layers_on_array() > 0) {
    experiment.sweep_from_layer = experiment.stage->layers_on_array();
    experiment.config.rails =
        fuse::raised_for_stage(experiment.config.rails, experiment.config.fuse->rails,
                               experiment.stage->layers_on_array());
  }
  const auto& sweep = experiment.config.sweep;
  if (!sweep) return;
  config::Section section = root.section("sweep", "");
  const auto resolve = [&](const char* key, const std::string& layer, std::uint32_t& index) {
    if (layer.empty()) return;
    try {
      index = layer_index(experiment.graph, layer);
    } catch (const InputError& error) {
      section.fail(key, error.what());
    }
  };
  resolve("from_layer", sweep->from_layer, experiment.sweep_from_layer);
  resolve("until_layer", sweep->until_layer, experiment.sweep_until_layer);
  if (experiment.sweep_until_layer <= experiment.sweep_from_layer) {
    section.fail("until_layer",
                 fmt::format("found '{}', allowed: a layer behind '{}'", sweep->until_layer,
                             experiment.graph.nodes[experiment.sweep_from_layer].name));
  }
}

}  // namespace

ConfigKind config_kind(const std::filesystem::path& file, const config::Overrides& overrides) {
  auto document = config::Document::load(file, overrides);
  config::Section root = document.root();
  if (root.has("tables")) return ConfigKind::kTables;
  if (!root.has("network")) return ConfigKind::kExperiment;  // whose reader says what is missing
  return read_network_config(root).is_untrained() ? ConfigKind::kUntrained
                                                  : ConfigKind::kExperiment;
}

Experiment load_experiment(const std::filesystem::path& file, const config::Overrides& overrides,
                           Purpose purpose) {
  auto document = config::Document::load(file, overrides);
  ExperimentConfig config = read_experiment_config(document, purpose);
  config::Section root = document.root();
  if (config.network.is_untrained()) {
    root.fail("network", "found an untrained network, allowed: an ONNX file");
    document.finish();
  }
  const std::filesystem::path& network = config.network.file;
  std::error_code error;
  if (!std::filesystem::is_regular_file(network, error)) {
    root.fail("network", fmt::format("no such file: {}", network.string()));
    document.finish();
  }
  models::Graph graph = models::load_onnx(network);
  models::Dataset dataset = models::load_dataset(config.dataset);
  Experiment experiment{
      std::move(config), std::move(graph), std::move(dataset), "", "", 0, 0, 0, 0};
  if (const auto& limit = experiment.config.network.clip_weights) {
    experiment.clipped = models::clip_weights(experiment.graph, *limit);
  }
  if (const auto& bits = experiment.config.network.weight_bits) {
    experiment.reduced = models::reduce_precision(experiment.graph, *bits);
  }
  experiment.network_name = experiment.config.network.name();
  put_stage(experiment, root);
  document.finish();
  resolve_layers(experiment, root);
  check_sensitivity(experiment, root);
  check_fit(experiment, root);
  check_counts(experiment, root);
  document.finish();
  experiment.network_crc = file_crc(experiment.config.network.file);
  const auto& map = experiment.config.machine.memory.faults.map;
  if (map) experiment.fault_map_crc = file_crc(map->map.name());
  experiment.dataset_crc = images_crc(experiment.dataset);
  experiment.resolved_yaml = document.resolved_yaml();
  return experiment;
}

std::vector<std::vector<std::uint8_t>> encode_images(const Experiment& experiment,
                                                     std::size_t count) {
  const models::InputEncoder encoder(experiment.graph);
  std::vector<std::vector<std::uint8_t>> inputs;
  inputs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) inputs.push_back(encoder.encode(experiment.dataset, i));
  return inputs;
}

}  // namespace brownout::sweep
