// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/fuse_trainer.h"

#include <fmt/format.h>

#include <chrono>

#include "fuse/train/fuse_trainer_state.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

using Clock = std::chrono::steady_clock;
using models::TrainLog;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::size_t trained_images(const TrainFuseConfig& config, const models::Dataset& train) {
  const auto held_out = static_cast<std::size_t>(config.held_out.images);
  const auto batch = static_cast<std::size_t>(config.optimization.batch);
  if (train.size() < held_out + batch) {
    throw InputError(fmt::format(
        "data set '{}' has {} training images, fewer than {} held out and a batch of {}",
        train.name, train.size(), held_out, batch));
  }
  return train.size() - held_out;
}

}  // namespace

FuseTrainer::FuseTrainer(const TrainFuseConfig& config, const FrozenNetworks& networks,
                         const models::Dataset& train) {
  const std::size_t images = trained_images(config, train);
  require_classifies(networks.base, train);
  for (const models::Graph& surrogate : networks.surrogates) require_classifies(surrogate, train);
  at::set_num_threads(models::worker_threads(config.threads));
  torch::manual_seed(config.seed);
  state_ = std::make_unique<State>(config, networks, train, images);
}

FuseTrainer::~FuseTrainer() = default;

void FuseTrainer::restore(const std::filesystem::path& checkpoint) {
  State& s = *state_;
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(checkpoint.string());
    c10::IValue mark;
    archive.read("fingerprint", mark);
    if (mark.toStringRef() != s.fingerprint) {
      throw InputError(fmt::format("{}: was made with another configuration\n  it has {}\n  now {}",
                                   checkpoint.string(), mark.toStringRef(), s.fingerprint));
    }
    s.load(archive);
  } catch (const c10::Error& error) {
    throw InputError(fmt::format("{}: not a readable checkpoint: {}", checkpoint.string(),
                                 error.what_without_backtrace()));
  }
}

bool FuseTrainer::run(std::int64_t stop_after, const TrainLog& log) {
  State& s = *state_;
  const double save_every = s.config.checkpoint_every.count() * 1e-12;
  s.start_clock();
  Clock::time_point saved = Clock::now();
  while (!s.is_done() && (stop_after == 0 || s.step < stop_after)) {
    s.train_step();
    const bool epoch_done = s.step % s.steps_per_epoch() == 0;
    if (epoch_done) s.end_epoch(log);
    if (seconds_since(saved) >= save_every) {
      s.save();
      saved = Clock::now();
      if (!epoch_done) log(fmt::format("step {}/{}: {}", s.step, s.total_steps(), s.pace()));
    }
  }
  s.save();
  return s.is_done();
}

std::int64_t FuseTrainer::step() const { return state_->step; }

models::FloatNetwork FuseTrainer::network() const {
  const State& s = *state_;
  const InputTransform& kept = s.best_accuracy >= 0 ? s.best : s.transform;
  models::FloatNetwork network = kept.exported();
  network.name = s.config.name;
  network.preprocessing = kept.coding().preprocessing;
  return network;
}

const std::string& FuseTrainer::history() const { return state_->history; }

}  // namespace brownout::fuse
