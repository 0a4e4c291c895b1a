// SPDX-License-Identifier: Apache-2.0
// Which network an experiment simulates (layer 5): a trained one from an ONNX file, or one known by
// its shapes only, from the zoo or from a SCALE-Sim topology.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/quantizer/weight_limit.h"
#include "models/zoo/untrained.h"
#include "sim/config/section.h"

namespace brownout::sweep {

struct NetworkConfig {
  std::filesystem::path file;  ///< ONNX, or a topology ending in .csv; empty with `zoo`
  std::optional<models::ZooChoice> zoo;
  // Of a trained network, one after the other:
  std::optional<models::WeightLimit> clip_weights = {};
  std::optional<int> weight_bits = {};  ///< fewer than the file has

  /// Whether weights mean nothing: then there is timing and energy, but no accuracy.
  [[nodiscard]] bool is_untrained() const;
  /// Of the zoo, or the file's stem, on one line.
  [[nodiscard]] std::string name() const;
};

/// `network:` of an experiment: a path, or a mapping of file, clip_weights and weight_bits, or of
/// zoo, input and classes.
[[nodiscard]] NetworkConfig read_network_config(config::Section root);

/// The keys of a mapping that chooses from the zoo.
[[nodiscard]] models::ZooChoice read_zoo_choice(config::Section section);

/// The networks to time one after the other: the zoo's one, or one per line of a topology. Throws
/// InputError when they cannot be built; the configuration must be untrained.
[[nodiscard]] std::vector<models::Graph> make_untrained_graphs(const NetworkConfig& config);

}  // namespace brownout::sweep
