// SPDX-License-Identifier: Apache-2.0
// An experiment ready to simulate (layer 5): the configuration with its network and images loaded
// and found to fit. Commands own one; engines refer to its graph and machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fuse/stage.h"
#include "models/data/dataset.h"
#include "models/graph.h"
#include "models/quantizer/requantize_weights.h"
#include "sim/config/override.h"
#include "sim/sweep/experiment_config.h"

namespace brownout::sweep {

struct Experiment {
  ExperimentConfig config;
  models::Graph graph;  ///< what the accelerator runs: behind a stage's layers, if it runs them
  models::Dataset dataset;
  std::string resolved_yaml;
  std::string network_name;                      ///< NetworkConfig::name
  std::uint32_t network_crc = 0;                 ///< of its file
  std::uint32_t generator_crc = 0;               ///< of its file; 0 without one
  std::uint32_t dataset_crc = 0;                 ///< of pixels and labels as simulated
  std::uint32_t fault_map_crc = 0;               ///< 0 without a map
  std::uint32_t sweep_from_layer = 0;            ///< position of sweep.from_layer
  std::uint32_t sweep_until_layer = UINT32_MAX;  ///< of sweep.until_layer; behind the last one
  std::vector<models::RequantizedLayer> clipped = {};  ///< where weights are clipped
  std::vector<models::RequantizedLayer> reduced = {};  ///< where they have fewer bits
  std::optional<fuse::Stage> stage = {};               ///< the generator in front

  /// Null without one.
  [[nodiscard]] const fuse::Stage* stage_or_null() const { return stage ? &*stage : nullptr; }
  /// The base network, without what a stage puts before it.
  [[nodiscard]] const models::Graph& base() const { return stage ? stage->base : graph; }
};

/// What a configuration file describes.
enum class ConfigKind {
  kExperiment,  ///< a trained network and images
  kUntrained,   ///< a network known by its shapes (untrained_run.h)
  kTables,      ///< published tables to reproduce (tables/)
};
/// By the keys the file has; whether the rest is right is found out when it is read.
[[nodiscard]] ConfigKind config_kind(const std::filesystem::path& file,
                                     const config::Overrides& overrides);

/// Loads configuration, network and images. Throws InputError when one of them is wrong or they do
/// not fit each other.
[[nodiscard]] Experiment load_experiment(const std::filesystem::path& file,
                                         const config::Overrides& overrides, Purpose purpose);

/// Input codes of the first `count` images.
[[nodiscard]] std::vector<std::vector<std::uint8_t>> encode_images(const Experiment& experiment,
                                                                   std::size_t count);

}  // namespace brownout::sweep
