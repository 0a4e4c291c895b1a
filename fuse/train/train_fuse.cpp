// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/train_fuse.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "fuse/join.h"
#include "fuse/train/chip_source.h"
#include "fuse/train/evaluate.h"
#include "fuse/train/fuse_schedule.h"
#include "fuse/train/fuse_trainer.h"
#include "models/onnx/export.h"
#include "models/onnx/import.h"
#include "sim/core/atomic_file.h"

namespace brownout::fuse {
namespace {

using models::Dataset;
using models::DatasetConfig;

FrozenNetworks load_networks(const TrainFuseConfig& config) {
  FrozenNetworks networks{models::load_onnx(config.base), {}, {}};
  if (!config.generator.start.empty()) networks.start = models::load_onnx(config.generator.start);
  for (const auto& file : config.surrogates) networks.surrogates.push_back(models::load_onnx(file));
  return networks;
}

/// Rates that no voltage has are found before hours of work, not after.
void check_rates(const TrainFuseConfig& config) {
  static_cast<void>(step_chips(config, 0, 1));
  static_cast<void>(lowest_voltage(config));
  for (const double rate : config.evaluation.rates) {
    static_cast<void>(voltage_at(config.machine.memory.curve, rate));
  }
}

/// Writes what was learnt; the image codes the base then reads.
std::vector<std::vector<std::uint8_t>> write_generator(const TrainFuseConfig& config,
                                                       const FuseTrainer& trainer,
                                                       const models::Graph& base,
                                                       const Dataset& train, const Dataset& test) {
  models::save_onnx(
      models::quantize_trained(trainer.network(), train, config.calibration, config.quantization),
      config.output);
  return fused_codes(
      make_front(models::load_onnx(config.output), base, GeneratorOutput::kPerturbation), test,
      static_cast<std::size_t>(config.evaluation.images));
}

}  // namespace

void train_fuse(const TrainFuseConfig& config, const TrainFuseOptions& options,
                const models::TrainLog& log) {
  models::keep_freed_memory();
  check_rates(config);
  const FrozenNetworks networks = load_networks(config);
  const Dataset train = models::load_split(config.data, DatasetConfig::Split::kTrain);
  const Dataset test = models::load_split(config.data, DatasetConfig::Split::kTest);
  models::make_folders({config.output, config.checkpoint});
  FuseTrainer trainer(config, networks, train);
  models::resume_or_start(trainer, config.checkpoint, options.resume, log);
  if (!trainer.run(options.stop_after, log)) {
    log(fmt::format("stopped at step {}; continue with --resume", trainer.step()));
    return;
  }
  log("quantising, and measuring the integer networks on unseen chips");
  const auto fused = write_generator(config, trainer, networks.base, train, test);
  const auto plain = plain_codes(networks.base, test, fused.size());
  const std::vector<int> labels(test.labels.begin(),
                                test.labels.begin() + static_cast<std::ptrdiff_t>(fused.size()));
  const std::string result = evaluate(config, networks.base, labels, plain, fused);
  log(result);
  write_file_atomically(models::beside(config.output, ".log").string(),
                        trainer.history() + result + "\n");
}

}  // namespace brownout::fuse
