// SPDX-License-Identifier: Apache-2.0
#include "models/train/base_config.h"

#include "sim/config/section.h"

namespace brownout::models {
namespace {

using config::above;
using config::at_least;
using config::between;

constexpr int kMaxExtent = 4096;
constexpr int kMaxBlocks = 64;
constexpr double kPicosecondsPerSecond = 1e12;

std::vector<std::int64_t> widened(const std::vector<int>& values) {
  return {values.begin(), values.end()};
}

std::vector<int> read_integers(config::Section& section, const std::string& key,
                               const std::string& description, int highest,
                               const std::vector<int>& fallback) {
  std::vector<int> values;
  for (const std::int64_t value :
       section.integers(key, description, between(1, highest), widened(fallback))) {
    values.push_back(static_cast<int>(value));
  }
  return values;
}

ResidualShape read_residual(config::Section section) {
  ResidualShape c;
  c.stem = static_cast<int>(
      section.integer("stem", "channels of the first convolution", between(1, kMaxExtent), c.stem));
  c.widths = read_integers(section, "widths", "channels of each stage", kMaxExtent, c.widths);
  c.blocks =
      read_integers(section, "blocks", "residual blocks of each stage", kMaxBlocks, c.blocks);
  c.strides = read_integers(section, "strides", "stride of each stage's first block", 4, c.strides);
  c.bottleneck = section.flag(
      "bottleneck", "blocks of three convolutions, the last four times as wide", c.bottleneck);
  if (c.widths.empty()) section.fail("widths", "is empty, allowed is at least one stage");
  if (c.blocks.size() != c.widths.size()) section.fail("blocks", "needs one entry per width");
  if (c.strides.size() != c.widths.size()) section.fail("strides", "needs one entry per width");
  return c;
}

TrainedNetwork read_network(config::Section section) {
  TrainedNetwork network;
  if (section.has("zoo")) {
    std::vector<std::pair<std::string, std::string>> names;
    for (const std::string& name : zoo_classifier_names()) names.emplace_back(name, name);
    network.zoo = section.choice<std::string>("zoo", "classifier of the zoo", names);
  } else {
    network.residual = read_residual(section);
  }
  return network;
}

Restart read_restart(config::Section section) {
  Restart restart;
  restart.epochs = static_cast<int>(
      section.integer("epochs", "passes over the training set", between(1, 10000)));
  restart.learning_rate = section.number("learning_rate", "peak of the cycle", above(0));
  return restart;
}

OptimizationConfig read_optimization(config::Section section) {
  OptimizationConfig c;
  c.epochs = static_cast<int>(
      section.integer("epochs", "passes over the training set", between(1, 10000), c.epochs));
  c.batch =
      static_cast<int>(section.integer("batch", "images of one step", between(2, 65536), c.batch));
  c.learning_rate =
      section.number("learning_rate", "peak of the schedule", above(0), c.learning_rate);
  c.momentum = section.number("momentum", "Nesterov momentum", {0, 0.9999, true}, c.momentum);
  c.weight_decay =
      section.number("weight_decay", "decay of all parameters", between(0, 1), c.weight_decay);
  c.warmup = section.number("warmup", "share of the steps in which the learning rate climbs",
                            between(0, 1), c.warmup);
  c.precision = read_precision(section);
  for (config::Section part :
       section.sections("restarts", "further cycles of the schedule", config::Need::kOptional)) {
    c.restarts.push_back(read_restart(part));
  }
  c.quantized_weights =
      section.flag("quantized_weights", "products use weights rounded as `quantization` says",
                   c.quantized_weights);
  return c;
}

}  // namespace

Precision read_precision(config::Section& section) {
  return section.choice<Precision>("precision", "arithmetic of the convolutions",
                                   {{"auto", Precision::kAuto},
                                    {"bfloat16", Precision::kBfloat16},
                                    {"float32", Precision::kFloat32}},
                                   Precision::kAuto);
}

AugmentationConfig read_augmentation(config::Section section) {
  AugmentationConfig c;
  c.crop_padding = static_cast<int>(section.integer("crop_padding",
                                                    "zeros around an image before the random crop",
                                                    between(0, 64), c.crop_padding));
  c.flip = section.flag("flip", "mirror half of the images", c.flip);
  return c;
}

namespace {

CalibrationConfig read_calibration(config::Section section) {
  CalibrationConfig c;
  c.images = static_cast<int>(section.integer(
      "images", "training images that set the activation ranges", between(1, 1e6), c.images));
  c.percentile = section.number("percentile", "of an image's values, taken as its extreme",
                                {50, 100, true}, c.percentile);
  return c;
}

QuantizeConfig read_quantization(config::Section section) {
  QuantizeConfig c;
  c.weight_bits = static_cast<int>(
      section.integer("weight_bits", "bits of a stored weight", between(2, 8), c.weight_bits));
  c.per_channel = section.flag("per_channel", "one weight scale per output channel", c.per_channel);
  c.clip = read_weight_limit(section, "clip_weights");
  return c;
}

}  // namespace

void read_run_settings(config::Section& section, const std::string& what, RunSettings& settings) {
  RunSettings& s = settings;
  s.name = section.text("name", "name of the " + what);
  s.output = section.path("output", "the ONNX file to write; the log lies beside it");
  s.checkpoint = section.path("checkpoint", "where unfinished training is kept",
                              std::filesystem::path(s.output).replace_extension(".checkpoint"));
  s.checkpoint_every =
      section.quantity<Picoseconds>("checkpoint_every", "time between two checkpoints",
                                    at_least(kPicosecondsPerSecond), s.checkpoint_every);
  s.seed = static_cast<std::uint64_t>(
      section.integer("seed", "of initial weights, order and augmentation", between(0, 9e15),
                      static_cast<std::int64_t>(s.seed)));
  s.threads = static_cast<int>(
      section.integer("threads", "0: one per processor core", between(0, 1024), s.threads));
  s.data = read_dataset_config(section.section("data", "the images; both splits are used"));
  if (auto part = section.optional_section("calibration", "how activation ranges are found")) {
    s.calibration = read_calibration(*part);
  }
  if (auto part = section.optional_section("quantization", "how weights become integers")) {
    s.quantization = read_quantization(*part);
  }
}

TrainBaseConfig read_train_base_config(config::Section section) {
  TrainBaseConfig c;
  read_run_settings(section, "network", c);
  if (auto part = section.optional_section(
          "network", "a classifier of the zoo, or the shape of a residual network")) {
    c.network = read_network(*part);
  }
  if (auto part = section.optional_section("optimization", "how the weights are found")) {
    c.optimization = read_optimization(*part);
  }
  if (auto part = section.optional_section("augmentation", "random changes to training images")) {
    c.augmentation = read_augmentation(*part);
  }
  return c;
}

}  // namespace brownout::models
