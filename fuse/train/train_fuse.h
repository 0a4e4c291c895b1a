// SPDX-License-Identifier: Apache-2.0
// `brownout train fuse` (layer 4): from a config to a quantised generator in an ONNX file.
#pragma once

#include <cstdint>

#include "fuse/train/fuse_config.h"
#include "models/train/training_run.h"

namespace brownout::fuse {

struct TrainFuseOptions {
  /// Continue from the config's checkpoint; without one, start afresh.
  bool resume = false;
  /// Stop, leaving a checkpoint, once this many steps of the whole run are done; 0: at the end.
  std::int64_t stop_after = 0;
};

/// Trains, quantises, measures the integer networks on unseen chips, and writes `config.output` and
/// its log; of one image for all inputs, rows of numbers in x in a .csv instead of the ONNX file.
/// Lines of progress go to `log`.
///
/// The checkpoint stays, so that another measurement needs no second training. Throws InputError
/// when there is a checkpoint but `resume` is not set: hours of work are not overwritten.
void train_fuse(const TrainFuseConfig& config, const TrainFuseOptions& options,
                const models::TrainLog& log);

}  // namespace brownout::fuse
