// SPDX-License-Identifier: Apache-2.0
// One training run that can be interrupted (layer 2): step by step, with checkpoints. libtorch
// stays behind this header, because files that include it take long to compile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "models/data/dataset.h"
#include "models/quantizer/float_network.h"
#include "models/train/base_config.h"
#include "models/train/training_run.h"

namespace brownout::models {

class Trainer {
 public:
  /// Fresh weights from the config's seed. The data sets must outlive the trainer; the checkpoint
  /// file is left alone until `run`.
  Trainer(const TrainBaseConfig& config, const Dataset& train, const Dataset& test);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;
  Trainer(Trainer&&) = delete;
  Trainer& operator=(Trainer&&) = delete;

  /// Continues from a checkpoint exactly where its run stood: with equal config and thread count
  /// the result has the same bits as an unbroken run's. Throws InputError when the file is no
  /// checkpoint or one of another configuration.
  void restore(const std::filesystem::path& checkpoint);

  /// Trains to the end, or until `stop_after` steps of the whole run are done when that is not 0;
  /// leaves a checkpoint behind. Returns whether training is complete. Throws SimulationError when
  /// the loss is no longer a number.
  bool run(std::int64_t stop_after, const TrainLog& log);

  [[nodiscard]] std::int64_t step() const;
  /// Share of the test images classified correctly, in float32.
  [[nodiscard]] double test_accuracy();
  [[nodiscard]] FloatNetwork network() const;
  /// The epoch lines so far, those from before an interruption included.
  [[nodiscard]] const std::string& history() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace brownout::models
