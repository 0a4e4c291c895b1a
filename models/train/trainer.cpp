// SPDX-License-Identifier: Apache-2.0
#include "models/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "models/train/autocast.h"
#include "models/train/batches.h"
#include "models/train/schedule.h"
#include "models/train/tensors.h"
#include "models/train/trainable_network.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Architecture architecture(const TrainedNetwork& network, const Dataset& data) {
  const ZooChoice choice{network.zoo, data.shape, static_cast<int>(data.class_names.size())};
  Architecture result =
      network.zoo.empty() ? make_residual(choice, network.residual) : make_architecture(choice);
  require_classifier(result);
  return result;
}

std::optional<QuantizeConfig> rounding(const TrainBaseConfig& config) {
  if (!config.optimization.quantized_weights) return std::nullopt;
  return config.quantization;
}

}  // namespace

struct Trainer::State {
  TrainBaseConfig config;
  const Dataset& train;
  const Dataset& test;
  int threads;
  Preprocessing preprocessing;
  BatchSource batches;
  TrainableNetwork network;
  torch::optim::SGD optimizer;
  std::vector<std::size_t> order;  ///< of the epoch of `step`; empty until needed
  std::int64_t step = 0;
  double epoch_loss = 0.0;  ///< summed over the epoch's steps so far
  std::int64_t epoch_correct = 0;
  std::string history;
  Clock::time_point started = Clock::now();  ///< of this process's share of the run
  std::int64_t started_at = 0;

  State(TrainBaseConfig configuration, const Dataset& train_set, const Dataset& test_set,
        int worker_threads)
      : config(std::move(configuration)),
        train(train_set),
        test(test_set),
        threads(worker_threads),
        preprocessing(measure_preprocessing(train_set)),
        batches(train_set, config.augmentation, config.seed),
        network(architecture(config.network, train_set), rounding(config)),
        optimizer(network.parameters(), torch::optim::SGDOptions(config.optimization.learning_rate)
                                            .momentum(config.optimization.momentum)
                                            .weight_decay(config.optimization.weight_decay)
                                            .nesterov(true)) {}

  [[nodiscard]] std::int64_t steps_per_epoch() const {
    return static_cast<std::int64_t>(train.size()) / config.optimization.batch;
  }
  [[nodiscard]] std::int64_t total_steps() const {
    return steps_per_epoch() * config.optimization.all_epochs();
  }

  void train_step();
  void end_epoch(const TrainLog& log);
  [[nodiscard]] double test_accuracy(bool bfloat16);
  [[nodiscard]] std::string pace() const;
  void save() const;
};

void Trainer::State::train_step() {
  const std::int64_t epoch = step / steps_per_epoch();
  const std::int64_t position = step % steps_per_epoch();
  if (order.empty() || position == 0) order = batches.order(static_cast<std::uint64_t>(epoch));

  std::vector<std::uint8_t> bytes;
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < config.optimization.batch; ++i) {
    const std::size_t index =
        order[static_cast<std::size_t>(position * config.optimization.batch + i)];
    const auto image = batches.augmented(index, static_cast<std::uint64_t>(epoch));
    bytes.insert(bytes.end(), image.begin(), image.end());
    labels.push_back(train.labels[index]);
  }
  static_cast<torch::optim::SGDOptions&>(optimizer.param_groups().front().options())
      .lr(learning_rate(config.optimization, step, steps_per_epoch()));

  network.train();
  optimizer.zero_grad();
  torch::Tensor logits;
  {
    const Bfloat16Scope scope(uses_bfloat16(config.optimization.precision));
    logits = network.forward(to_batch(bytes, train.shape, preprocessing)).to(torch::kFloat32);
  }
  const torch::Tensor targets = to_labels(labels);
  torch::Tensor loss = torch::nn::functional::cross_entropy(logits, targets);
  loss.backward();
  optimizer.step();

  const double value = loss.item<double>();
  if (!std::isfinite(value)) {
    throw SimulationError(fmt::format(
        "training diverged: the loss is {} at step {}; try a lower learning_rate", value, step));
  }
  epoch_loss += value;
  epoch_correct += count_correct(logits.detach(), targets);
  ++step;
}

std::string Trainer::State::pace() const {
  const double seconds = std::max(seconds_since(started), 1e-9);
  const double steps_per_second = static_cast<double>(step - started_at) / seconds;
  const double left = static_cast<double>(total_steps() - step) / std::max(steps_per_second, 1e-9);
  return fmt::format("{:.0f} images/s, {:.0f} s left", steps_per_second * config.optimization.batch,
                     left);
}

void Trainer::State::end_epoch(const TrainLog& log) {
  const double accuracy = test_accuracy(uses_bfloat16(config.optimization.precision));
  const auto steps = static_cast<double>(steps_per_epoch());
  const std::string line =
      fmt::format("epoch {}/{}: loss {:.4f}, train {:.2f} %, test {:.2f} %, {}",
                  step / steps_per_epoch(), config.optimization.all_epochs(), epoch_loss / steps,
                  100.0 * static_cast<double>(epoch_correct) / (steps * config.optimization.batch),
                  100.0 * accuracy, pace());
  history += line + "\n";
  epoch_loss = 0.0;
  epoch_correct = 0;
  log(line);
}

double Trainer::State::test_accuracy(bool bfloat16) {
  constexpr std::size_t kChunk = 500;
  const torch::NoGradGuard no_gradients;
  network.eval();
  std::int64_t correct = 0;
  for (std::size_t begin = 0; begin < test.size(); begin += kChunk) {
    const std::size_t end = std::min(begin + kChunk, test.size());
    const std::uint8_t* first = test.image(begin);
    const std::vector<std::uint8_t> bytes(first, first + (end - begin) * test.shape.elements());
    const std::vector<std::int64_t> labels(test.labels.begin() + static_cast<std::ptrdiff_t>(begin),
                                           test.labels.begin() + static_cast<std::ptrdiff_t>(end));
    const Bfloat16Scope scope(bfloat16);
    correct += count_correct(network.forward(to_batch(bytes, test.shape, preprocessing)),
                             to_labels(labels));
  }
  return static_cast<double>(correct) / static_cast<double>(test.size());
}

void Trainer::State::save() const {
  torch::serialize::OutputArchive archive;
  torch::serialize::OutputArchive weights;
  torch::serialize::OutputArchive updates;
  network.save(weights);
  optimizer.save(updates);
  archive.write("network", weights);
  archive.write("optimizer", updates);
  archive.write("fingerprint", c10::IValue(run_fingerprint(config, train, threads)));
  archive.write("history", c10::IValue(history));
  archive.write("step", c10::IValue(step));
  archive.write("epoch_loss", c10::IValue(epoch_loss));
  archive.write("epoch_correct", c10::IValue(epoch_correct));
  AtomicFile file(config.checkpoint.string());
  archive.save_to(file.stream());
  file.commit();
}

Trainer::Trainer(const TrainBaseConfig& config, const Dataset& train, const Dataset& test) {
  if (train.size() < static_cast<std::size_t>(config.optimization.batch)) {
    throw InputError(fmt::format("data set '{}' has {} training images, fewer than a batch of {}",
                                 train.name, train.size(), config.optimization.batch));
  }
  const int threads = worker_threads(config.threads);
  at::set_num_threads(threads);
  torch::manual_seed(config.seed);
  state_ = std::make_unique<State>(config, train, test, threads);
}

Trainer::~Trainer() = default;

void Trainer::restore(const std::filesystem::path& checkpoint) {
  State& s = *state_;
  c10::IValue mark;
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(checkpoint.string());
    archive.read("fingerprint", mark);
    const std::string expected = run_fingerprint(s.config, s.train, s.threads);
    if (mark.toStringRef() != expected) {
      throw InputError(fmt::format("{}: was made with another configuration\n  it has {}\n  now {}",
                                   checkpoint.string(), mark.toStringRef(), expected));
    }
    torch::serialize::InputArchive weights;
    torch::serialize::InputArchive updates;
    archive.read("network", weights);
    archive.read("optimizer", updates);
    s.network.load(weights);
    s.optimizer.load(updates);
    const auto value = [&](const char* key) {
      c10::IValue item;
      archive.read(key, item);
      return item;
    };
    s.history = value("history").toStringRef();
    s.step = value("step").toInt();
    s.epoch_loss = value("epoch_loss").toDouble();
    s.epoch_correct = value("epoch_correct").toInt();
  } catch (const c10::Error& error) {
    throw InputError(fmt::format("{}: not a readable checkpoint: {}", checkpoint.string(),
                                 error.what_without_backtrace()));
  }
  s.order.clear();
}

bool Trainer::run(std::int64_t stop_after, const TrainLog& log) {
  State& s = *state_;
  const std::int64_t last =
      stop_after == 0 ? s.total_steps() : std::min(stop_after, s.total_steps());
  const double save_every = s.config.checkpoint_every.count() * 1e-12;
  s.started = Clock::now();
  s.started_at = s.step;
  Clock::time_point saved = Clock::now();
  while (s.step < last) {
    s.train_step();
    const bool epoch_done = s.step % s.steps_per_epoch() == 0;
    if (epoch_done) s.end_epoch(log);
    if (s.step < last && seconds_since(saved) >= save_every) {
      s.save();
      saved = Clock::now();
      if (!epoch_done) log(fmt::format("step {}/{}: {}", s.step, s.total_steps(), s.pace()));
    }
  }
  s.save();
  return s.step == s.total_steps();
}

std::int64_t Trainer::step() const { return state_->step; }

double Trainer::test_accuracy() { return state_->test_accuracy(false); }

FloatNetwork Trainer::network() const {
  FloatNetwork network = state_->network.exported();
  network.name = state_->config.name;
  network.preprocessing = state_->preprocessing;
  return network;
}

const std::string& Trainer::history() const { return state_->history; }

}  // namespace brownout::models
