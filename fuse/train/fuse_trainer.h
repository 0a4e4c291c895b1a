// SPDX-License-Identifier: Apache-2.0
// One training run of a generator that can be interrupted (layer 4): step by step, with
// checkpoints. libtorch stays behind this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fuse/train/fuse_config.h"
#include "models/data/dataset.h"
#include "models/graph.h"
#include "models/quantizer/float_network.h"
#include "models/train/training_run.h"

namespace brownout::fuse {

/// Networks a run reads, loaded and found to fit the data.
struct FrozenNetworks {
  models::Graph base;
  std::vector<models::Graph> surrogates;
  std::optional<models::Graph> start = {};  ///< the generator training goes on from
};

class FuseTrainer {
 public:
  /// Fresh weights from the config's seed. `train` is the whole training split, of which the last
  /// images are held out. All must outlive the trainer; the checkpoint file is left alone until
  /// `run`. Throws InputError when networks, data and machine do not fit each other.
  FuseTrainer(const TrainFuseConfig& config, const FrozenNetworks& networks,
              const models::Dataset& train);
  ~FuseTrainer();
  FuseTrainer(const FuseTrainer&) = delete;
  FuseTrainer& operator=(const FuseTrainer&) = delete;
  FuseTrainer(FuseTrainer&&) = delete;
  FuseTrainer& operator=(FuseTrainer&&) = delete;

  /// Continues from a checkpoint exactly where its run stood: with equal config and thread count
  /// the result has the same bits as an unbroken run's. Throws InputError when the file is no
  /// checkpoint or one of another configuration.
  void restore(const std::filesystem::path& checkpoint);

  /// Trains to the end, or until `stop_after` steps of the whole run are done when that is not 0;
  /// leaves a checkpoint behind. Returns whether training is complete. Throws SimulationError when
  /// the loss is no longer a number.
  bool run(std::int64_t stop_after, const models::TrainLog& log);

  /// Steps done, those of pre-training included.
  [[nodiscard]] std::int64_t step() const;
  /// G.
  [[nodiscard]] models::FloatNetwork network() const;
  /// The epoch lines so far, those from before an interruption included.
  [[nodiscard]] const std::string& history() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace brownout::fuse
