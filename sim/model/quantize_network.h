// SPDX-License-Identifier: Apache-2.0
// A float network to the integer network the accelerator runs (layer 5), with an account of what it
// cost.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/quantizer/float_network.h"
#include "sim/model/accuracy.h"
#include "sim/model/quantize_config.h"

namespace brownout::model {

/// What became of one layer.
struct LayerReport {
  std::string name;
  std::string operation;
  models::Range range;              ///< of its output, on the calibration images
  double scale = 0;                 ///< of its output's codes
  int zero_point = 0;               ///< of its output's codes
  std::optional<double> weight_db;  ///< signal-to-noise ratio of the stored weights, dB
  double output_db = 0;             ///< of its output over some calibration images, dB
};

struct QuantizeReport {
  std::vector<LayerReport> layers;
  std::optional<Score> before;  ///< float, where test images are given
  std::optional<Score> after;
};

/// Quantises and writes `config.output`; `log` is told of each stage. Throws InputError when
/// network, images or their sizes are wrong.
[[nodiscard]] QuantizeReport quantize_network(const QuantizeNetworkConfig& config,
                                              const std::function<void(const std::string&)>& log);

/// As a table and two lines, for a terminal.
[[nodiscard]] std::string report_text(const QuantizeReport& report);

}  // namespace brownout::model
