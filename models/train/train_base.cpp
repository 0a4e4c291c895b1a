// SPDX-License-Identifier: Apache-2.0
#include "models/train/train_base.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "models/data/input_encoder.h"
#include "models/onnx/export.h"
#include "models/reference.h"
#include "models/train/batches.h"
#include "sim/core/atomic_file.h"
#include "sim/core/thread_pool.h"

namespace brownout::models {
namespace {

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
  make_folders({config.output, config.checkpoint});
  const Dataset train = load_split(config.data, DatasetConfig::Split::kTrain);
  const Dataset test = load_split(config.data, DatasetConfig::Split::kTest);
  Trainer trainer(config, train, test);
  resume_or_start(trainer, config.checkpoint, options.resume, log);
  if (!trainer.run(options.stop_after, log)) {
    log(fmt::format("stopped at step {}; continue with --resume", trainer.step()));
    return;
  }
  const double float_accuracy = trainer.test_accuracy();
  log("quantising and measuring the integer network");
  const Graph graph =
      quantize_trained(trainer.network(), train, config.calibration, config.quantization);
  const double integer_accuracy = options.integer_accuracy(graph, test);
  const std::string result = summary(config, graph, float_accuracy, integer_accuracy);
  log(result);
  save_onnx(graph, config.output);
  write_file_atomically(beside(config.output, ".log").string(), trainer.history() + result + "\n");
}

}  // namespace brownout::models
