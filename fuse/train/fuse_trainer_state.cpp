// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/fuse_trainer_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/train/tensors.h"
#include "models/zoo/zoo.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

/// Enough pixels for the statistics of batch norm: 500 images of 32 x 32.
torch::Tensor first_images(const models::Dataset& data) {
  constexpr std::size_t kPixels = 512'000;
  const std::size_t pixels = data.shape.elements() / static_cast<std::size_t>(data.shape.channels);
  const std::size_t images = std::max<std::size_t>(kPixels / pixels, 2);
  return models::byte_batch(images_between(data, 0, std::min(images, data.size())).pixels,
                            data.shape);
}

}  // namespace

FuseTrainer::State::State(const TrainFuseConfig& configuration, const FrozenNetworks& networks,
                          const models::Dataset& split, std::size_t images)
    : config(configuration),
      threads(models::worker_threads(configuration.threads)),
      train(images_between(split, 0, images)),
      batches(train, config.augmentation, config.seed),
      pool(static_cast<std::size_t>(threads)),
      base(networks.base, config),
      held_out(split, images, config, base),
      transform(config.generator, split.shape, image_coding(networks.base), rounding(config)),
      best(config.generator, split.shape, image_coding(networks.base), rounding(config)),
      optimizer(transform.parameters(),
                torch::optim::AdamOptions(config.optimization.learning_rate)) {
  std::string described = description(networks.base);
  for (const models::Graph& surrogate : networks.surrogates) {
    surrogates.emplace_back(surrogate, config);
    described += ", " + description(surrogate);
  }
  if (networks.start) {
    try {
      transform.adopt(*networks.start, first_images(train));
    } catch (const InputError& error) {
      throw InputError(
          fmt::format("generator.start: {}: {}", config.generator.start.string(), error.what()));
    }
    described += ", from " + description(*networks.start);
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
  if (surrogates.empty()) perturbed.push_back(base.perturbed(chips, pool));
  for (const FrozenModel& surrogate : surrogates) {
    perturbed.push_back(surrogate.perturbed(chips, pool));
  }
  static_cast<torch::optim::AdamOptions&>(optimizer.param_groups().front().options())
      .lr(learning_rate(config.optimization, static_cast<double>(at) / static_cast<double>(steps)));
  transform.train();
  optimizer.zero_grad();
  const StepResult result =
      eopm_step(transform, perturbed, bytes, labels,
                {config.objective.lambda, config.objective.temperature,
                 config.objective.clean_temperature, config.objective.sharing, bfloat16()});
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
    epoch.add(pretraining->step(batch, targets, base));
    if (step + 1 == pretraining_steps()) transform.adopt_encoder(pretraining->encoder());
  } else {
    if (step == pretraining_steps()) start_clock();
    eopm(batch, targets);
  }
  ++step;
}

void FuseTrainer::State::start_clock() {
  started = std::chrono::steady_clock::now();
  started_at = step;
}

std::string FuseTrainer::State::pace() const {
  const double seconds = std::max(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(), 1e-9);
  const double rate = static_cast<double>(step - started_at) / seconds;
  const bool before = step <= pretraining_steps();
  const std::int64_t end = before ? pretraining_steps() : total_steps();
  return fmt::format("{:.0f} images/s, {:.0f} s left{}", rate * config.optimization.batch,
                     static_cast<double>(end - step) / std::max(rate, 1e-9),
                     before ? " of pre-training" : "");
}

void FuseTrainer::State::end_epoch(const models::TrainLog& log) {
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
      const Accuracies without = held_out.accuracies(nullptr);
      history += fmt::format("held out without a generator: clean {:.2f} %, perturbed {:.2f} %\n",
                             100 * without.clean, 100 * without.perturbed);
      log(history.substr(history.rfind("held out without")));
    }
    const Accuracies with = held_out.accuracies(&transform);
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

}  // namespace brownout::fuse
