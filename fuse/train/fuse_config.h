// SPDX-License-Identifier: Apache-2.0
// What `brownout train fuse` trains, against which chips, and how (layer 4). Free of libtorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "accel/accelerator_config.h"
#include "models/train/base_config.h"
#include "sim/core/index.h"
#include "sim/core/units.h"

namespace brownout::fuse {

/// What is learnt.
struct GeneratorConfig {
  std::string zoo;         ///< a generator of the zoo; empty: one image added to all inputs
  double output_gain = 1;  ///< times what its last layer gives at first
  std::filesystem::path start = {};  ///< quantised ONNX of that kind to go on from; empty: fresh
};

/// The chips of training and where their rail stands.
struct FaultRangeConfig {
  std::string rail = "weights";
  /// Shares of failing cells: one, or the ends of a range from which every step draws (uniform in
  /// the logarithm). Empty: `voltages`.
  std::vector<double> rates;
  std::vector<VminRatio> voltages;  ///< every step draws one of them
  /// Fresh chips, every second number from here on: neighbouring seeds share numbers under the
  /// mapping ibm_random.
  std::uint64_t first_chip = 1'000'000;
  std::optional<std::uint64_t> known_chip;  ///< this one and no other
  /// The rate climbs from this one (in the logarithm) over a share of all steps.
  double curriculum_from = 0;  ///< 0: no curriculum
  double curriculum_share = 0.3;
};

/// Which chip an image of a batch meets.
enum class ChipSharing {
  kStep,   ///< every image meets all N chips, as published
  kChunk,  ///< the batch is cut into N parts that meet one chip each
  kDeal,   ///< into N + 1: the first meets the network without faults, and no other does
};

/// Loss = CE(clean) + lambda x mean over N perturbed models of CE (the paper's Eq. 5).
struct ObjectiveConfig {
  double lambda = 5;
  double temperature = 1;  ///< the perturbed models' logits are divided by it; 1 as published
  double clean_temperature = 1;
  int perturbed = 10;      ///< N
  int late_perturbed = 0;  ///< N in the last share of steps; 0: as before
  double late_share = 0.1;
  ChipSharing sharing = ChipSharing::kStep;
};

struct AdamConfig {
  int epochs = 10;
  int batch = 25;
  double learning_rate = 1e-3;
  bool decay = false;  ///< to zero along a cosine; constant as published
  models::Precision precision = models::Precision::kAuto;
  bool quantized_weights = true;     ///< of the generator, straight through
  bool rounded_activations = false;  ///< of the base network, straight through
};

/// What the generator's encoder learns first.
struct PretrainingConfig {
  enum class Kind {
    kNone,
    kClassifier,    ///< the labels
    kDistillation,  ///< the base network's logits
  };
  Kind kind = Kind::kNone;
  int epochs = 1;
};

/// Images and chips that choose when to stop and what to keep; not those of training.
struct HeldOutConfig {
  int images = 500;  ///< the last of the training split
  int chips = 2;
  std::uint64_t first_chip = 900'000;
  int patience = 0;  ///< epochs without a better perturbed accuracy; 0: all epochs, the last one
};

/// The exact measurement at the end: integer networks, unseen chips, test images.
struct EvaluationConfig {
  std::vector<double> rates;  ///< empty: those (or the voltages) of training
  std::uint64_t first_chip = 0;
  int chips = 10;
  int images = 2000;
};

struct TrainFuseConfig : models::RunSettings {
  explicit TrainFuseConfig(accel::Machine chips) : machine(std::move(chips)) {}

  accel::Machine machine;
  std::filesystem::path base = {};  ///< quantised ONNX, frozen
  /// Restricted access: gradients come from these instead of the base, of several their mean.
  std::vector<std::filesystem::path> surrogates = {};
  GeneratorConfig generator = {};
  FaultRangeConfig faults = {};
  ObjectiveConfig objective = {};
  AdamConfig optimization = {};
  models::AugmentationConfig augmentation{0, false};
  PretrainingConfig pretraining = {};
  HeldOutConfig held_out = {};
  EvaluationConfig evaluation = {};
};

/// Errors become findings of the section's document; then the result is not to be used.
[[nodiscard]] TrainFuseConfig read_train_fuse_config(config::Section section);

}  // namespace brownout::fuse
