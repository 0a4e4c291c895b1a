// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/fuse_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "fuse/train/chip_source.h"
#include "models/zoo/zoo.h"
#include "sim/config/section.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

using config::above;
using config::at_least;
using config::between;
using config::Section;

constexpr const char* kUniversal = "universal";
constexpr config::Limits kRates{0, 0.5, true};
/// Twice the number still is a seed NumPy takes, with many steps to go.
constexpr config::Limits kChips = between(0, 4e9);

int whole(Section& section, const char* key, const char* description, config::Limits limits,
          int fallback) {
  return static_cast<int>(section.integer(key, description, limits, fallback));
}

std::uint64_t chip(Section& section, const char* key, const char* description,
                   std::uint64_t fallback) {
  return static_cast<std::uint64_t>(
      section.integer(key, description, kChips, static_cast<std::int64_t>(fallback)));
}

GeneratorConfig read_generator(Section section) {
  GeneratorConfig c;
  const auto& classifiers = models::zoo_classifier_names();
  std::vector<std::pair<std::string, std::string>> kinds;
  for (const std::string& name : models::zoo_names()) {
    if (std::count(classifiers.begin(), classifiers.end(), name) == 0 &&
        name.find("_imagenet") == std::string::npos) {
      kinds.emplace_back(name, name);
    }
  }
  kinds.emplace_back(kUniversal, "");
  c.zoo = section.choice<std::string>(
      "kind", "generator of the zoo, or universal: one image added to all inputs", kinds);
  c.output_gain = section.number("output_gain", "times what its last layer gives at first",
                                 {0, 100, true}, c.output_gain);
  if (!section.has("start")) return c;
  c.start = section.path("start", "trained generator of that kind to go on from");
  if (c.zoo.empty()) section.fail("start", "found with kind universal, allowed with generators");
  if (c.output_gain != 1) {
    section.fail("start", "found with output_gain, allowed: one of both, it has its own");
  }
  return c;
}

std::vector<VminRatio> on_curve(Section& section, const char* key,
                                const std::vector<config::SupplyVoltage>& voltages,
                                const memory::MemoryConfig& memory) {
  std::vector<VminRatio> ratios;
  for (const config::SupplyVoltage& voltage : voltages) {
    try {
      ratios.push_back(memory.ratio(voltage));
    } catch (const InputError& error) {
      section.fail(key, error.what());
    }
  }
  return ratios;
}

/// A finding for every rate that no voltage of the memory gives.
void check_rates(Section& section, const std::vector<double>& rates,
                 const memory::MemoryConfig& memory) {
  for (const double rate : rates) {
    try {
      static_cast<void>(voltage_at(memory.curve, rate));
    } catch (const InputError& error) {
      section.fail("bit_error_rates", error.what());
    }
  }
}

FaultRangeConfig read_faults(Section section, const accel::Machine& machine) {
  FaultRangeConfig c;
  c.rail = section.text("rail", "the supply that is lowered", c.rail);
  const std::set<std::string> rails = machine.accelerator.rails();
  if (rails.count(c.rail) == 0) {
    section.fail("rail", fmt::format("found '{}', allowed: a rail of the accelerator '{}': {}",
                                     c.rail, machine.accelerator.name, fmt::join(rails, ", ")));
  }
  if (section.has("voltages")) {
    c.voltages =
        on_curve(section, "voltages",
                 section.voltages("voltages", "of the rail; each step draws one"), machine.memory);
    if (section.has("bit_error_rates")) {
      section.fail("bit_error_rates", "found voltages too, allowed: one of both");
    }
  } else {
    c.rates = section.numbers("bit_error_rates",
                              "share of failing cells, or the two ends of a range", kRates);
    if (c.rates.empty() || c.rates.size() > 2 || c.rates.front() > c.rates.back()) {
      section.fail("bit_error_rates",
                   "allowed: one rate, or the lower and the upper end of a range");
    }
    check_rates(section, c.rates, machine.memory);
  }
  c.first_chip = chip(section, "first_chip", "number of the first fresh chip", c.first_chip);
  if (section.has("known_chip")) {
    c.known_chip = chip(section, "known_chip", "the one chip to train for", 0);
  }
  c.curriculum_from = section.number("curriculum_from", "rate of the first step, 0: no curriculum",
                                     between(0, 0.5), c.curriculum_from);
  c.curriculum_share = section.number("curriculum_share", "share of the steps in which it climbs",
                                      between(0, 1), c.curriculum_share);
  if (c.curriculum_from > 0 && c.rates.empty()) {
    section.fail("curriculum_from", "needs bit_error_rates, found voltages");
  }
  return c;
}

ObjectiveConfig read_objective(Section section) {
  ObjectiveConfig c;
  c.lambda = section.number("lambda", "weight of the perturbed models", between(0, 1e6), c.lambda);
  c.temperature = section.number("temperature", "what the perturbed models' logits are divided by",
                                 between(1e-3, 1e3), c.temperature);
  c.clean_temperature =
      section.number("clean_temperature", "what those without faults are divided by",
                     between(1e-3, 1e3), c.clean_temperature);
  c.perturbed =
      whole(section, "perturbed", "perturbed models of a step", between(1, 1000), c.perturbed);
  c.late_perturbed = whole(section, "late_perturbed", "the same at the end, 0: as before",
                           between(0, 1000), c.late_perturbed);
  c.late_share =
      section.number("late_share", "share of the steps that are late", between(0, 1), c.late_share);
  c.sharing = section.choice<ChipSharing>(
      "chips_per",
      "step: all images meet all chips; chunk: a share of the batch each; deal: and the clean "
      "network too",
      {{"step", ChipSharing::kStep}, {"chunk", ChipSharing::kChunk}, {"deal", ChipSharing::kDeal}},
      c.sharing);
  return c;
}

AdamConfig read_optimization(Section section) {
  AdamConfig c;
  c.epochs = whole(section, "epochs", "passes over the training set", between(1, 10000), c.epochs);
  c.batch = whole(section, "batch", "images of one step", between(2, 65536), c.batch);
  c.learning_rate = section.number("learning_rate", "of Adam", above(0), c.learning_rate);
  c.decay = section.flag("decay", "learning rate falls to zero along a cosine", c.decay);
  c.precision = models::read_precision(section);
  c.quantized_weights = section.flag(
      "quantized_weights", "the generator's products use rounded weights", c.quantized_weights);
  c.rounded_activations = section.flag(
      "rounded_activations", "the base network's activations are rounded", c.rounded_activations);
  return c;
}

PretrainingConfig read_pretraining(Section section) {
  PretrainingConfig c;
  using Kind = PretrainingConfig::Kind;
  c.kind = section.choice<Kind>("kind", "what the encoder learns before the generator",
                                {{"none", Kind::kNone},
                                 {"classifier", Kind::kClassifier},
                                 {"distillation", Kind::kDistillation}},
                                c.kind);
  c.epochs = whole(section, "epochs", "passes over the training set", between(1, 10000), c.epochs);
  return c;
}

HeldOutConfig read_held_out(Section section) {
  HeldOutConfig c;
  c.images = whole(section, "images", "the last of the training split, kept out of it",
                   between(1, 1e6), c.images);
  c.chips = whole(section, "chips", "chips they meet", between(1, 1000), c.chips);
  c.first_chip = chip(section, "first_chip", "number of the first of them", c.first_chip);
  c.patience = whole(section, "patience", "epochs without gain before the end, 0: never",
                     between(0, 10000), c.patience);
  return c;
}

EvaluationConfig read_evaluation(Section section, const memory::MemoryConfig& memory) {
  EvaluationConfig c;
  c.rates = section.numbers("bit_error_rates", "share of failing cells, one after the other",
                            kRates, c.rates);
  check_rates(section, c.rates, memory);
  c.first_chip = chip(section, "first_chip", "number of the first chip", c.first_chip);
  c.chips = whole(section, "chips", "unseen chips", between(1, 10000), c.chips);
  c.images = whole(section, "images", "test images", between(1, 1e7), c.images);
  return c;
}

/// Chips that measure must not have been trained on.
void check_disjoint(Section& section, const TrainFuseConfig& c) {
  const auto overlaps = [&](std::uint64_t first, int chips) {
    return first + static_cast<std::uint64_t>(chips) > c.faults.first_chip;
  };
  if (overlaps(c.evaluation.first_chip, c.evaluation.chips) ||
      overlaps(c.held_out.first_chip, 2 * c.held_out.chips)) {
    section.fail("faults", fmt::format("first_chip is {}, allowed: above every chip of held_out "
                                       "and evaluation",
                                       c.faults.first_chip));
  }
}

/// Where a batch is dealt out, each network gets an image of it.
void check_deal(Section& section, const TrainFuseConfig& c) {
  const int chips =
      c.faults.known_chip ? 1 : std::max(c.objective.perturbed, c.objective.late_perturbed);
  const int networks = 1 + chips;
  if (c.objective.sharing != ChipSharing::kDeal || c.optimization.batch >= networks) return;
  section.fail("optimization",
               fmt::format("batch is {}, allowed with objective.chips_per deal: one image for each "
                           "of {} networks or more",
                           c.optimization.batch, networks));
}

/// A generator that goes on has its encoder.
void check_start(Section& section, const TrainFuseConfig& c) {
  if (c.generator.start.empty() || c.pretraining.kind == PretrainingConfig::Kind::kNone) return;
  section.fail("pretraining", "found with generator.start, allowed: one of both");
}

void read_training(Section& section, TrainFuseConfig& c) {
  if (auto part = section.optional_section("objective", "the loss")) {
    c.objective = read_objective(*part);
  }
  if (auto part = section.optional_section("optimization", "how the generator is found")) {
    c.optimization = read_optimization(*part);
  }
  if (auto part = section.optional_section("augmentation", "random changes to training images")) {
    c.augmentation = models::read_augmentation(*part);
  }
  if (auto part = section.optional_section("pretraining", "what the encoder learns first")) {
    c.pretraining = read_pretraining(*part);
  }
  if (auto part = section.optional_section("held_out", "what decides when to stop")) {
    c.held_out = read_held_out(*part);
  }
  if (auto part = section.optional_section("evaluation", "the exact measurement at the end")) {
    c.evaluation = read_evaluation(*part, c.machine.memory);
  }
}

}  // namespace

TrainFuseConfig read_train_fuse_config(Section section) {
  TrainFuseConfig c{{accel::read_accelerator_config(section.section("accelerator", "the machine")),
                     memory::read_memory_config(section.section("memory", "its buffers")),
                     {}}};
  models::read_run_settings(section, "generator", c);
  c.base = section.path("base", "quantised network that stays as it is");
  for (Section surrogate :
       section.sections("surrogates", "networks that give the gradients instead of the base",
                        config::Need::kOptional)) {
    c.surrogates.push_back(surrogate.path("file", "quantised network"));
  }
  c.generator = read_generator(section.section("generator", "what is trained"));
  c.faults = read_faults(section.section("faults", "chips and voltages of training"), c.machine);
  read_training(section, c);
  c.quantization.coded_output = true;
  check_disjoint(section, c);
  check_deal(section, c);
  check_start(section, c);
  return c;
}

}  // namespace brownout::fuse
