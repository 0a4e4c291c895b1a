// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/fuse_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fuse/train/chip_source.h"
#include "models/train/schedule.h"
#include "sim/core/philox.h"

namespace brownout::fuse {
namespace {

constexpr std::uint32_t kVoltageDraws = 0x766f6c74;  // third counter word, apart from batches'
constexpr std::uint64_t kChipStride = 2;

/// A number in [0, 1) for the step.
double uniform(std::uint64_t seed, std::int64_t step) {
  const auto words = philox(seed, {static_cast<std::uint32_t>(step),
                                   static_cast<std::uint32_t>(step >> 32), kVoltageDraws, 0});
  return std::ldexp(words[0], -32);
}

/// Between two rates on a logarithmic scale.
double between_rates(double from, double to, double share) {
  return std::exp(std::log(from) + share * (std::log(to) - std::log(from)));
}

double step_rate(const TrainFuseConfig& c, std::int64_t step, double progress) {
  const FaultRangeConfig& f = c.faults;
  double rate = between_rates(f.rates.front(), f.rates.back(), uniform(c.seed, step));
  if (f.curriculum_from > 0 && progress < f.curriculum_share) {
    const double ceiling =
        between_rates(f.curriculum_from, f.rates.back(), progress / f.curriculum_share);
    rate = std::min(rate, ceiling);
  }
  return rate;
}

const char* sharing_name(ChipSharing sharing) {
  if (sharing == ChipSharing::kStep) return "by step";
  return sharing == ChipSharing::kChunk ? "by chunk" : "dealt";
}

int models_of_step(const ObjectiveConfig& c, double progress) {
  const bool late = c.late_perturbed > 0 && progress >= 1 - c.late_share;
  return late ? c.late_perturbed : c.perturbed;
}

}  // namespace

StepChips step_chips(const TrainFuseConfig& c, std::int64_t step, std::int64_t total_steps) {
  const FaultRangeConfig& f = c.faults;
  const double progress = static_cast<double>(step) / static_cast<double>(total_steps);
  StepChips chips;
  if (f.rates.empty()) {
    const auto count = static_cast<double>(f.voltages.size());
    chips.voltage = f.voltages.at(static_cast<std::size_t>(uniform(c.seed, step) * count));
  } else {
    chips.voltage = voltage_at(c.machine.memory.curve, step_rate(c, step, progress));
  }
  const auto most =
      static_cast<std::uint64_t>(std::max(c.objective.perturbed, c.objective.late_perturbed));
  const int count = models_of_step(c.objective, progress);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t index =
        static_cast<std::uint64_t>(step) * most + static_cast<std::uint64_t>(i);
    chips.numbers.push_back(f.known_chip ? *f.known_chip : f.first_chip + kChipStride * index);
  }
  if (f.known_chip) chips.numbers.resize(1);
  return chips;
}

VminRatio lowest_voltage(const TrainFuseConfig& c) {
  if (!c.faults.rates.empty()) return voltage_at(c.machine.memory.curve, c.faults.rates.back());
  return *std::min_element(c.faults.voltages.begin(), c.faults.voltages.end());
}

std::optional<models::QuantizeConfig> rounding(const TrainFuseConfig& config) {
  if (!config.optimization.quantized_weights) return std::nullopt;
  return config.quantization;
}

double learning_rate(const AdamConfig& config, double progress) {
  if (!config.decay) return config.learning_rate;
  return config.learning_rate * 0.5 * (1 + std::cos(std::acos(-1.0) * progress));
}

std::string fuse_fingerprint(const TrainFuseConfig& c, const models::Dataset& train, int threads,
                             const std::string& networks) {
  const FaultRangeConfig& f = c.faults;
  const ObjectiveConfig& o = c.objective;
  const AdamConfig& a = c.optimization;
  std::vector<double> voltages;
  for (const VminRatio voltage : f.voltages) voltages.push_back(voltage.count());
  const std::string faults = fmt::format(
      "rail {}, rates {}, voltages {}, first chip {}, known chip {}, curriculum {} for {}", f.rail,
      fmt::join(f.rates, " "), fmt::join(voltages, " "), f.first_chip,
      f.known_chip ? std::to_string(*f.known_chip) : "none", f.curriculum_from, f.curriculum_share);
  const std::string objective = fmt::format(
      "lambda {}, temperatures {} {}, {} chips, {} in the last {}, {}", o.lambda, o.temperature,
      o.clean_temperature, o.perturbed, o.late_perturbed, o.late_share, sharing_name(o.sharing));
  const std::string optimization = fmt::format(
      "epochs {}, batch {}, learning rate {}{}, bfloat16 {}, rounding {} {} {}, activations {}",
      a.epochs, a.batch, a.learning_rate, a.decay ? " decaying" : "",
      models::uses_bfloat16(a.precision), a.quantized_weights, c.quantization.weight_bits,
      c.quantization.per_channel, a.rounded_activations);
  return fmt::format(
      "data {} {} x {}x{}x{}; seed {}; threads {}; {}; generator {} gain {}; machine {} of {}; {}; "
      "{}; {}; crop padding {}, flip {}; pretraining {} for {}; held out {} on {} from {}, "
      "patience "
      "{}",
      train.name, train.size(), train.shape.channels, train.shape.height, train.shape.width, c.seed,
      threads, networks, c.generator.zoo.empty() ? "universal" : c.generator.zoo,
      c.generator.output_gain, c.machine.accelerator.name, c.machine.memory.name, faults, objective,
      optimization, c.augmentation.crop_padding, c.augmentation.flip,
      static_cast<int>(c.pretraining.kind), c.pretraining.epochs, c.held_out.images,
      c.held_out.chips, c.held_out.first_chip, c.held_out.patience);
}

}  // namespace brownout::fuse
