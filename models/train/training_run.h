// SPDX-License-Identifier: Apache-2.0
// What every kind of training run does around its steps (layer 2): memory, files, checkpoints,
// quantisation. Free of libtorch.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <string>

#include "models/data/dataset.h"
#include "models/graph.h"
#include "models/quantizer/float_network.h"
#include "models/quantizer/quantize.h"
#include "models/train/base_config.h"
#include "sim/core/error.h"

namespace brownout::models {

using TrainLog = std::function<void(const std::string&)>;

/// libtorch frees and allocates the same large blocks every step; glibc's defaults hand them back
/// to the kernel each time, which cost 40 to 70 % of the speed where we measured it.
void keep_freed_memory();

/// `threads`, or one per processor core for 0.
[[nodiscard]] int worker_threads(int threads);

[[nodiscard]] Dataset load_split(DatasetConfig config, DatasetConfig::Split split);

/// `output` with another extension.
[[nodiscard]] std::filesystem::path beside(const std::filesystem::path& output,
                                           const char* extension);

/// The folders the files will lie in.
void make_folders(const std::vector<std::filesystem::path>& files);

/// Activation ranges from the first images of `train`, then integers.
[[nodiscard]] Graph quantize_trained(const FloatNetwork& network, const Dataset& train,
                                     const CalibrationConfig& calibration,
                                     const QuantizeConfig& quantization);

/// Restores `trainer` where asked, and keeps a checkpoint from being overwritten where not.
template <class AnyTrainer>
void resume_or_start(AnyTrainer& trainer, const std::filesystem::path& checkpoint, bool resume,
                     const TrainLog& log) {
  const bool found = std::filesystem::exists(checkpoint);
  if (found && !resume) {
    throw InputError(fmt::format(
        "{}: a checkpoint is there; continue it with --resume or remove it", checkpoint.string()));
  }
  if (found) {
    trainer.restore(checkpoint);
    log(fmt::format("resumed at step {}", trainer.step()));
  } else if (resume) {
    log(fmt::format("{}: no checkpoint, starting afresh", checkpoint.string()));
  }
}

}  // namespace brownout::models
