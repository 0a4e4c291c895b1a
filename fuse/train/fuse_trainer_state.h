// SPDX-License-Identifier: Apache-2.0
// What a FuseTrainer is between two steps (layer 4).
#pragma once

#include <torch/torch.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "fuse/train/frozen_model.h"
#include "fuse/train/fuse_trainer.h"
#include "fuse/train/held_out.h"
#include "fuse/train/input_transform.h"
#include "fuse/train/pretraining.h"
#include "models/train/batches.h"
#include "models/train/schedule.h"
#include "sim/core/thread_pool.h"

namespace brownout::fuse {

/// Of one epoch so far.
struct EpochSums {
  double steps = 0;
  StepResult sum;

  void add(const StepResult& r) {
    steps += 1;
    sum.clean_loss += r.clean_loss;
    sum.perturbed_loss += r.perturbed_loss;
    sum.clean_accuracy += r.clean_accuracy;
    sum.perturbed_accuracy += r.perturbed_accuracy;
  }
};

struct FuseTrainer::State {
  TrainFuseConfig config;
  int threads;
  models::Dataset train;
  models::BatchSource batches;
  ThreadPool pool;
  FrozenModel base;
  std::deque<FrozenModel> surrogates;
  HeldOut held_out;
  InputTransform transform;
  InputTransform best;  ///< on the held-out images, where there is patience
  torch::optim::Adam optimizer;
  std::optional<Pretraining> pretraining;
  std::string fingerprint;

  std::vector<std::size_t> order;  ///< of the present epoch; empty until needed
  std::int64_t step = 0;           ///< of the whole run, pre-training first
  EpochSums epoch;
  double best_accuracy = -1;
  std::int64_t best_epoch = 0;
  bool stopped_early = false;
  std::string history;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::int64_t started_at = 0;  ///< the step at that time; both of the present phase

  State(const TrainFuseConfig& configuration, const FrozenNetworks& networks,
        const models::Dataset& split, std::size_t images);

  [[nodiscard]] bool bfloat16() const {
    return models::uses_bfloat16(config.optimization.precision);
  }
  [[nodiscard]] std::int64_t steps_per_epoch() const {
    return static_cast<std::int64_t>(train.size()) / config.optimization.batch;
  }
  [[nodiscard]] std::int64_t pretraining_steps() const {
    return pretraining ? steps_per_epoch() * config.pretraining.epochs : 0;
  }
  [[nodiscard]] std::int64_t total_steps() const {
    return pretraining_steps() + steps_per_epoch() * config.optimization.epochs;
  }
  [[nodiscard]] bool is_pretraining() const { return step < pretraining_steps(); }
  [[nodiscard]] bool is_done() const { return stopped_early || step >= total_steps(); }

  void train_step();
  void next_batch(std::vector<std::uint8_t>& bytes, std::vector<std::int64_t>& labels);
  void eopm(const torch::Tensor& bytes, const torch::Tensor& labels);
  void end_epoch(const models::TrainLog& log);
  void start_clock();
  /// Speed of the present phase, pre-training or EOPM, and how long it still takes.
  [[nodiscard]] std::string pace() const;
  void save() const;
  void load(torch::serialize::InputArchive& archive);
};

}  // namespace brownout::fuse
