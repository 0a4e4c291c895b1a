// SPDX-License-Identifier: Apache-2.0
// What `brownout train base` trains and how (layer 2). Free of libtorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/data/dataset.h"
#include "models/quantizer/quantize.h"
#include "models/zoo/families.h"
#include "sim/core/units.h"

namespace brownout::config {
class Section;
}

namespace brownout::models {

/// Which network: a classifier of the zoo by name, or a residual network of any shape.
struct TrainedNetwork {
  std::string zoo;  ///< empty: `residual`
  ResidualShape residual;
};

enum class Precision {
  kAuto,      ///< bfloat16 where the processor multiplies it, else float32
  kBfloat16,  ///< activations and products; weights, sums and updates stay float32
  kFloat32,
};

/// A further, gentler cycle (warm restart: Loshchilov and Hutter, ICLR 2017).
struct Restart {
  int epochs = 0;
  double learning_rate = 0.0;
};

/// Nesterov SGD under a one-cycle schedule: the learning rate climbs linearly over the `warmup`
/// share of a cycle's steps, then falls to zero along a cosine.
struct OptimizationConfig {
  int epochs = 15;  ///< of the first cycle
  int batch = 128;
  double learning_rate = 0.1;
  double momentum = 0.9;
  double weight_decay = 5e-4;
  double warmup = 0.25;
  Precision precision = Precision::kAuto;
  std::vector<Restart> restarts;
  /// Products use weights rounded as `quantization` says, updates go to the unrounded ones.
  bool quantized_weights = false;

  [[nodiscard]] int all_epochs() const {
    int sum = epochs;
    for (const Restart& restart : restarts) sum += restart.epochs;
    return sum;
  }
};

/// Random crop after zero padding by `crop_padding`, and mirror images half of the time.
struct AugmentationConfig {
  int crop_padding = 2;
  bool flip = true;
};

struct CalibrationConfig {
  int images = 256;  ///< the first of the training set
  double percentile = 99.99;
};

/// What every training run has.
struct RunSettings {
  std::string name;
  std::filesystem::path output;      ///< the .onnx file; its log lies beside it as .log
  std::filesystem::path checkpoint;  ///< default: beside the output, as .checkpoint
  Picoseconds checkpoint_every{120e12};
  std::uint64_t seed = 1;
  int threads = 1;  ///< another number gives other rounding; 0: one per processor core
  DatasetConfig data;
  CalibrationConfig calibration;
  QuantizeConfig quantization;
};

struct TrainBaseConfig : RunSettings {
  TrainedNetwork network;
  OptimizationConfig optimization;
  AugmentationConfig augmentation;
};

/// Errors become findings of the section's document.
[[nodiscard]] TrainBaseConfig read_train_base_config(config::Section section);

/// `what`: of which `name` is the name.
void read_run_settings(config::Section& section, const std::string& what, RunSettings& settings);
[[nodiscard]] AugmentationConfig read_augmentation(config::Section section);
/// The key `precision`.
[[nodiscard]] Precision read_precision(config::Section& section);

}  // namespace brownout::models
