// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/fuse_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <utility>

#include "fuse/train/frozen_model.h"
#include "fuse/train/input_transform.h"
#include "fuse/train/pretraining.h"
#include "models/train/batches.h"
#include "models/train/schedule.h"
#include "models/train/tensors.h"
#include "models/zoo/zoo.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

using Clock = std::chrono::steady_clock;
using models::TrainLog;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The first images of the training split, and its last ones.
models::Dataset part(const models::Dataset& data, std::size_t begin, std::size_t end) {
  models::Dataset result = data;
  const std::size_t size = data.shape.elements();
  const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
  result.pixels.assign(data.pixels.begin() + at(begin * size),
                       data.pixels.begin() + at(end * size));
  result.labels.assign(data.labels.begin() + at(begin), data.labels.begin() + at(end));
  return result;
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

/// Clean and perturbed.
struct Accuracies {
  double clean = 0;
  double perturbed = 0;
};

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

}  // namespace

struct FuseTrainer::State {
  TrainFuseConfig config;
  int threads;
  models::Dataset train;
  models::Dataset held_out;
  models::BatchSource batches;
  ThreadPool pool;
  std::deque<FrozenModel> models;  ///< the base, then surrogates
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
  std::vector<DifferentiableGraph::Weights> held_out_chips;  ///< of the base; made when needed
  Clock::time_point started = Clock::now();
  std::int64_t started_at = 0;

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
  void end_epoch(const TrainLog& log);
  [[nodiscard]] Accuracies held_out_accuracies(bool protect);
  [[nodiscard]] std::string pace() const;
  void save() const;
  void load(torch::serialize::InputArchive& archive);
};

FuseTrainer::State::State(const TrainFuseConfig& configuration, const FrozenNetworks& networks,
                          const models::Dataset& split, std::size_t images)
    : config(configuration),
      threads(models::worker_threads(configuration.threads)),
      train(part(split, 0, images)),
      held_out(part(split, images, split.size())),
      batches(train, config.augmentation, config.seed),
      pool(static_cast<std::size_t>(threads)),
      transform(config.generator, split.shape, image_coding(networks.base), rounding(config)),
      best(config.generator, split.shape, image_coding(networks.base), rounding(config)),
      optimizer(transform.parameters(),
                torch::optim::AdamOptions(config.optimization.learning_rate)) {
  models.emplace_back(networks.base, config);
  std::string described = description(networks.base);
  for (const models::Graph& surrogate : networks.surrogates) {
    models.emplace_back(surrogate, config);
    described += ", " + description(surrogate);
  }
  fingerprint = fuse_fingerprint(config, split, threads, described);
  if (config.pretraining.kind != PretrainingConfig::Kind::kNone &&
      transform.generator() != nullptr) {
    const int classes = static_cast<int>(split.class_names.size());
    pretraining.emplace(models::make_architecture({config.generator.zoo, split.shape}), classes,
                        config, transform.coding());
  }
}

void FuseTrainer::State::next_batch(std::vector<std::uint8_t>& bytes,
                                    std::vector<std::int64_t>& labels) {
  const auto epoch_number = static_cast<std::uint64_t>(step / steps_per_epoch());
  const std::int64_t position = step % steps_per_epoch();
  if (order.empty() || position == 0) order = batches.order(epoch_number);
  for (std::int64_t i = 0; i < config.optimization.batch; ++i) {
    const std::size_t index =
        order[static_cast<std::size_t>(position * config.optimization.batch + i)];
    const auto image = batches.augmented(index, epoch_number);
    bytes.insert(bytes.end(), image.begin(), image.end());
    labels.push_back(train.labels[index]);
  }
}

void FuseTrainer::State::eopm(const torch::Tensor& bytes, const torch::Tensor& labels) {
  const std::int64_t steps = total_steps() - pretraining_steps();
  const std::int64_t at = step - pretraining_steps();
  const StepChips chips = step_chips(config, at, steps);
  std::vector<PerturbedModels> perturbed;
  const bool relaxed = models.size() == 1;
  for (std::size_t i = relaxed ? 0 : 1; i < models.size(); ++i) {
    perturbed.push_back(models[i].perturbed(chips, pool));
  }
  static_cast<torch::optim::AdamOptions&>(optimizer.param_groups().front().options())
      .lr(learning_rate(config.optimization, static_cast<double>(at) / static_cast<double>(steps)));
  transform.train();
  optimizer.zero_grad();
  const StepResult result =
      eopm_step(transform, perturbed, bytes, labels,
                {config.objective.lambda, config.objective.sharing, bfloat16()});
  if (!std::isfinite(result.clean_loss + result.perturbed_loss)) {
    throw SimulationError(fmt::format(
        "training diverged: the loss is no number at step {}; try a lower learning_rate", step));
  }
  optimizer.step();
  epoch.add(result);
}

void FuseTrainer::State::train_step() {
  std::vector<std::uint8_t> bytes;
  std::vector<std::int64_t> labels;
  next_batch(bytes, labels);
  const torch::Tensor batch = models::byte_batch(bytes, train.shape);
  const torch::Tensor targets = models::to_labels(labels);
  if (is_pretraining()) {
    epoch.add(pretraining->step(batch, targets, models.front()));
    if (step + 1 == pretraining_steps()) transform.adopt_encoder(pretraining->encoder());
  } else {
    eopm(batch, targets);
  }
  ++step;
}

Accuracies FuseTrainer::State::held_out_accuracies(bool protect) {
  constexpr std::size_t kChunk = 250;
  const torch::NoGradGuard no_gradients;
  const FrozenModel& base = models.front();
  if (held_out_chips.empty()) {
    const VminRatio voltage = lowest_voltage(config);
    for (int i = 0; i < config.held_out.chips; ++i) {
      const std::uint64_t number = config.held_out.first_chip + 2 * static_cast<std::uint64_t>(i);
      held_out_chips.push_back(base.read_by(config.faults.known_chip.value_or(number), voltage));
    }
  }
  transform.eval();
  std::int64_t clean = 0;
  std::int64_t perturbed = 0;
  for (std::size_t begin = 0; begin < held_out.size(); begin += kChunk) {
    const models::Dataset some = part(held_out, begin, std::min(begin + kChunk, held_out.size()));
    torch::Tensor bytes = models::byte_batch(some.pixels, some.shape);
    if (protect) bytes = transform.forward(bytes, bfloat16());
    const torch::Tensor input = base.graph().preprocessed(bytes);
    const torch::Tensor labels = models::to_labels({some.labels.begin(), some.labels.end()});
    clean += models::count_correct(base.graph().forward(input, base.clean()), labels);
    for (const auto& weights : held_out_chips) {
      perturbed += models::count_correct(base.graph().forward(input, weights), labels);
    }
  }
  const auto images = static_cast<double>(held_out.size());
  return {static_cast<double>(clean) / images,
          static_cast<double>(perturbed) / images / static_cast<double>(held_out_chips.size())};
}

std::string FuseTrainer::State::pace() const {
  const double seconds = std::max(seconds_since(started), 1e-9);
  const double rate = static_cast<double>(step - started_at) / seconds;
  const double left = static_cast<double>(total_steps() - step) / std::max(rate, 1e-9);
  return fmt::format("{:.0f} images/s, {:.0f} s left", rate * config.optimization.batch, left);
}

void FuseTrainer::State::end_epoch(const TrainLog& log) {
  const std::int64_t number = step / steps_per_epoch();
  const double n = std::max(epoch.steps, 1.0);
  std::string line;
  if (step <= pretraining_steps()) {
    line = fmt::format("pre-training {}/{}: loss {:.4f}, train {:.2f} %, {}", number,
                       config.pretraining.epochs, epoch.sum.clean_loss / n,
                       100 * epoch.sum.clean_accuracy / n, pace());
  } else {
    const std::int64_t epoch_number = number - pretraining_steps() / steps_per_epoch();
    if (history.find("held out without") == std::string::npos) {
      const Accuracies without = held_out_accuracies(false);
      history += fmt::format("held out without a generator: clean {:.2f} %, perturbed {:.2f} %\n",
                             100 * without.clean, 100 * without.perturbed);
      log(history.substr(history.rfind("held out without")));
    }
    const Accuracies with = held_out_accuracies(true);
    line = fmt::format(
        "epoch {}/{}: loss {:.4f} clean {:.4f} perturbed, train {:.2f} % {:.2f} %, held out {:.2f} "
        "% "
        "{:.2f} %, {}",
        epoch_number, config.optimization.epochs, epoch.sum.clean_loss / n,
        epoch.sum.perturbed_loss / n, 100 * epoch.sum.clean_accuracy / n,
        100 * epoch.sum.perturbed_accuracy / n, 100 * with.clean, 100 * with.perturbed, pace());
    if (config.held_out.patience > 0) {
      if (with.perturbed > best_accuracy) {
        best_accuracy = with.perturbed;
        best_epoch = epoch_number;
        copy_state(best, transform);
      }
      stopped_early = epoch_number - best_epoch >= config.held_out.patience;
      if (stopped_early) line += fmt::format("; no gain since epoch {}, stopped", best_epoch);
    }
  }
  history += line + "\n";
  epoch = {};
  log(line);
}

void FuseTrainer::State::save() const {
  torch::serialize::OutputArchive archive;
  const auto write = [&](const char* key, const auto& part_of_it) {
    torch::serialize::OutputArchive inner;
    part_of_it.save(inner);
    archive.write(key, inner);
  };
  write("transform", transform);
  write("best", best);
  write("optimizer", optimizer);
  if (pretraining) write("pretraining", *pretraining);
  archive.write("fingerprint", c10::IValue(fingerprint));
  archive.write("history", c10::IValue(history));
  archive.write("step", c10::IValue(step));
  archive.write("best_accuracy", c10::IValue(best_accuracy));
  archive.write("best_epoch", c10::IValue(best_epoch));
  archive.write("stopped_early", c10::IValue(stopped_early));
  archive.write("epoch", c10::IValue(std::vector<double>{
                             epoch.steps, epoch.sum.clean_loss, epoch.sum.perturbed_loss,
                             epoch.sum.clean_accuracy, epoch.sum.perturbed_accuracy}));
  AtomicFile file(config.checkpoint.string());
  archive.save_to(file.stream());
  file.commit();
}

void FuseTrainer::State::load(torch::serialize::InputArchive& archive) {
  const auto read = [&](const char* key, auto& part_of_it) {
    torch::serialize::InputArchive inner;
    archive.read(key, inner);
    part_of_it.load(inner);
  };
  const auto value = [&](const char* key) {
    c10::IValue item;
    archive.read(key, item);
    return item;
  };
  read("transform", transform);
  read("best", best);
  read("optimizer", optimizer);
  if (pretraining) read("pretraining", *pretraining);
  history = value("history").toStringRef();
  step = value("step").toInt();
  best_accuracy = value("best_accuracy").toDouble();
  best_epoch = value("best_epoch").toInt();
  stopped_early = value("stopped_early").toBool();
  const auto sums = value("epoch").toDoubleVector();
  epoch = {sums.at(0), {sums.at(1), sums.at(2), sums.at(3), sums.at(4)}};
  order.clear();
}

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
  s.started = Clock::now();
  s.started_at = s.step;
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

std::optional<models::FloatNetwork> FuseTrainer::network() const {
  const State& s = *state_;
  const InputTransform& kept = s.best_accuracy >= 0 ? s.best : s.transform;
  if (kept.generator() == nullptr) return std::nullopt;
  models::FloatNetwork network = kept.generator()->exported();
  network.name = s.config.name;
  network.preprocessing = kept.coding().preprocessing;
  return network;
}

std::vector<float> FuseTrainer::universal_image() const {
  const State& s = *state_;
  const torch::Tensor image = (s.best_accuracy >= 0 ? s.best : s.transform).image();
  if (!image.defined()) return {};
  const torch::Tensor flat = image.detach().contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

const std::string& FuseTrainer::history() const { return state_->history; }

}  // namespace brownout::fuse
