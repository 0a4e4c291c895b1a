// SPDX-License-Identifier: Apache-2.0
// `brownout train base` (layer 2): from a config to a quantised network in an ONNX file.
#pragma once

#include <cstdint>
#include <functional>

#include "models/data/dataset.h"
#include "models/graph.h"
#include "models/train/base_config.h"
#include "models/train/trainer.h"

namespace brownout::models {

/// Share of the images that an integer network classifies correctly.
using IntegerAccuracy = std::function<double(const Graph&, const Dataset&)>;

/// By the definition of the integer operators, on all cores: fine for small networks.
[[nodiscard]] double reference_accuracy(const Graph& graph, const Dataset& images);

struct TrainOptions {
  /// Continue from the config's checkpoint; without one, start afresh.
  bool resume = false;
  /// Stop, leaving a checkpoint, once this many steps of the whole run are done; 0: at the end.
  std::int64_t stop_after = 0;
  /// Measures the result. Faster equivalents live in higher layers.
  IntegerAccuracy integer_accuracy = reference_accuracy;
};

/// Trains, quantises, measures both networks on all test images with the project's integer
/// semantics, and writes `config.output` and its log. Lines of progress go to `log`.
///
/// The checkpoint stays, so that another calibration or bit width needs no second training. Throws
/// InputError when there is a checkpoint but `resume` is not set: hours of work are not
/// overwritten.
void train_base(const TrainBaseConfig& config, const TrainOptions& options, const TrainLog& log);

}  // namespace brownout::models
