// SPDX-License-Identifier: Apache-2.0
#include "models/train/train_base.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>

#include "models/data/input_encoder.h"
#include "models/onnx/export.h"
#include "models/quantizer/calibrate.h"
#include "models/quantizer/quantize.h"
#include "models/reference.h"
#include "models/train/batches.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/core/thread_pool.h"

namespace brownout::models {
namespace {

/// libtorch frees and allocates the same large blocks every step; glibc's defaults hand them back
/// to the kernel each time, which cost 40 to 70 % of the speed where we measured it.
void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kOneGibibyte = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kOneGibibyte);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, kOneGibibyte / 16);
#endif
}

Dataset load_split(DatasetConfig config, DatasetConfig::Split split) {
  config.split = split;
  return load_dataset(config);
}

Graph quantize_trained(const FloatNetwork& network, const TrainBaseConfig& config,
                       const Dataset& train) {
  Calibrator calibrator(network, {RangeChoice::Method::kPercentile, config.calibration.percentile});
  const auto images = std::min(static_cast<std::size_t>(config.calibration.images), train.size());
  for (std::size_t i = 0; i < images; ++i) {
    calibrator.add(preprocess(train, i, network.preprocessing));
  }
  return quantize(network, calibrator.ranges(), config.quantization);
}

std::filesystem::path beside(const std::filesystem::path& output, const char* extension) {
  return std::filesystem::path(output).replace_extension(extension);
}

std::string summary(const TrainBaseConfig& config, const Graph& graph, double float_accuracy,
                    double integer_accuracy) {
  return fmt::format(
      "{}: {} parameters, {} MACs\n"
      "float32 test accuracy {:.2f} %\n"
      "{}-bit weights, 8-bit activations: test accuracy {:.2f} % (calibrated on {} training images "
      "at percentile {})",
      config.name, parameter_count(graph), mac_count(graph), 100.0 * float_accuracy,
      config.quantization.weight_bits, 100.0 * integer_accuracy, config.calibration.images,
      config.calibration.percentile);
}

/// Restores where asked, and keeps a checkpoint from being overwritten where not.
void resume_or_start(Trainer& trainer, const TrainBaseConfig& config, bool resume,
                     const TrainLog& log) {
  const bool found = std::filesystem::exists(config.checkpoint);
  if (found && !resume) {
    throw InputError(
        fmt::format("{}: a checkpoint is there; continue it with --resume or remove it",
                    config.checkpoint.string()));
  }
  if (found) {
    trainer.restore(config.checkpoint);
    log(fmt::format("resumed at step {}", trainer.step()));
  } else if (resume) {
    log(fmt::format("{}: no checkpoint, starting afresh", config.checkpoint.string()));
  }
}

}  // namespace

double reference_accuracy(const Graph& graph, const Dataset& images) {
  const InputEncoder encoder(graph);
  ThreadPool pool;  // all cores: integers do not depend on their number
  std::vector<int> correct(images.size(), 0);
  pool.parallel_for(images.size(), [&](std::size_t, std::size_t i) {
    const Inference inference = run_reference(graph, encoder.encode(images, i));
    correct[i] = classify(graph, inference.logits) == images.labels[i] ? 1 : 0;
  });
  const auto hits = std::count(correct.begin(), correct.end(), 1);
  return static_cast<double>(hits) / static_cast<double>(images.size());
}

void train_base(const TrainBaseConfig& config, const TrainOptions& options, const TrainLog& log) {
  keep_freed_memory();
  for (const auto& file : {config.output, config.checkpoint}) {
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  }
  const Dataset train = load_split(config.data, DatasetConfig::Split::kTrain);
  const Dataset test = load_split(config.data, DatasetConfig::Split::kTest);
  Trainer trainer(config, train, test);
  resume_or_start(trainer, config, options.resume, log);
  if (!trainer.run(options.stop_after, log)) {
    log(fmt::format("stopped at step {}; continue with --resume", trainer.step()));
    return;
  }
  const double float_accuracy = trainer.test_accuracy();
  log("quantising and measuring the integer network");
  const Graph graph = quantize_trained(trainer.network(), config, train);
  const double integer_accuracy = options.integer_accuracy(graph, test);
  const std::string result = summary(config, graph, float_accuracy, integer_accuracy);
  log(result);
  save_onnx(graph, config.output);
  write_file_atomically(beside(config.output, ".log").string(), trainer.history() + result + "\n");
}

}  // namespace brownout::models
