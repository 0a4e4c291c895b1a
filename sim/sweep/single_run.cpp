// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/single_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <numeric>

#include "accel/chip_maker.h"
#include "accel/compare.h"
#include "accel/cycle_engine.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "sim/core/error.h"
#include "sim/core/thread_pool.h"
#include "sim/sweep/point_result.h"

namespace brownout::sweep {
namespace {

/// A point, its chip and its images, ready for an engine.
struct Bench {
  const Experiment& experiment;
  memory::Chip chip;
  std::vector<std::vector<std::uint8_t>> inputs;
  const Observer& observe;

  [[nodiscard]] const accel::OperatingPoint& rails() const { return experiment.config.rails; }
  void report(std::size_t images_done) const {
    observe({images_done == inputs.size() ? 1U : 0U, 1, images_done, inputs.size()});
  }
};

/// Fills in what the images gave.
void run_fast(const Bench& bench, PointResult& result) {
  const accel::FastEngine engine(bench.experiment.graph, bench.experiment.config.machine);
  const accel::FastEngine::View view = engine.view(bench.chip, bench.rails());
  result.weight_words = view.total_weight_words();
  ThreadPool pool;
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.push_back(engine.make_workspace());
  std::vector<std::vector<std::int32_t>> logits(pool.size());
  std::mutex mutex;
  std::size_t done = 0;
  pool.parallel_for(bench.inputs.size(), [&](std::size_t worker, std::size_t image) {
    engine.run(view, bench.inputs[image], workspaces[worker], logits[worker],
               static_cast<std::uint32_t>(image));
    const std::lock_guard<std::mutex> guard(mutex);
    result.correct += is_correct(bench.experiment, image, logits[worker]) ? 1 : 0;
    bench.report(++done);
  });
}

void add(Agreement& agreement, const models::Inference& inference,
         const accel::RunStatistics& statistics) {
  ++agreement.images;
  agreement.layers += inference.codes.size();
  agreement.elements += inference.logits.size();
  for (const auto& codes : inference.codes) agreement.elements += codes.size();
  for (const auto& layer : statistics.layers) agreement.statistics += accel::walk(layer).size();
}

/// Fills in what the images gave.
void run_cycle(const Bench& bench, const accel::CycleEngine& cycle, PointResult& result) {
  const accel::FastEngine fast(bench.experiment.graph, bench.experiment.config.machine);
  if (fast.can_view(bench.rails())) {
    result.weight_words = fast.view(bench.chip, bench.rails()).total_weight_words();
  }
  for (std::size_t i = 0; i < bench.inputs.size(); ++i) {
    const accel::CycleRun run =
        cycle.run(bench.inputs[i], bench.chip, bench.rails(), static_cast<std::uint32_t>(i));
    result.correct += is_correct(bench.experiment, i, run.inference.logits) ? 1 : 0;
    bench.report(i + 1);
  }
}

/// The same, each image compared with the fast engine's and the statistics with those timed.
void run_both(const Bench& bench, const accel::CycleEngine& cycle, SingleRun& single) {
  const models::Graph& graph = bench.experiment.graph;
  const accel::Machine& machine = bench.experiment.config.machine;
  const accel::FastEngine fast(graph, machine);
  const accel::FastEngine::View view = fast.view(bench.chip, bench.rails());
  accel::FastGraph::Workspace workspace = fast.make_workspace();
  Agreement& agreement = single.agreement.emplace();
  single.result.weight_words = view.total_weight_words();
  for (std::size_t i = 0; i < bench.inputs.size(); ++i) {
    const auto image = static_cast<std::uint32_t>(i);
    const accel::CycleRun run = cycle.run(bench.inputs[i], bench.chip, bench.rails(), image);
    single.result.correct += is_correct(bench.experiment, i, run.inference.logits) ? 1 : 0;
    try {
      accel::require_equal(graph, cycle.program(), machine,
                           fast.run_all(view, bench.inputs[i], workspace, image), run.inference);
      accel::require_equal(single.statistics, run.statistics);
    } catch (const MismatchError& error) {
      throw MismatchError(fmt::format("image {}: {}", i, error.what()));
    }
    add(agreement, run.inference, run.statistics);
    bench.report(i + 1);
  }
}

}  // namespace

VminRatio lowest_voltage(const ExperimentConfig& config) {
  VminRatio lowest = config.machine.memory.curve.highest();
  for (const accel::OperatingPoint& phase : config.rails.phases()) {
    for (const memory::GroupId group : memory::kGroups) {
      const std::string& rail = config.machine.accelerator.buffers[group].rail;
      lowest = std::min(lowest, phase.voltage(rail));
    }
  }
  return lowest;
}

const std::vector<std::string>& engine_names() {
  static const std::vector<std::string> kNames = {"fast", "cycle", "both"};
  return kNames;
}

const char* engine_name(Engine engine) {
  return engine_names().at(static_cast<std::size_t>(engine)).c_str();
}

SingleRun run_single(const Experiment& experiment, Engine engine, const Observer& observe) {
  const ExperimentConfig& config = experiment.config;
  const Point point{0, Role::kRun, lowest_voltage(config), config.run.chip, config.run.images};
  const accel::CycleEngine cycle(experiment.graph, config.machine);
  SingleRun single;
  single.statistics = cycle.time(config.rails);
  single.result =
      make_result(experiment, point, config.rails, single.statistics, engine_name(engine));
  const accel::ChipMaker maker(experiment.graph, cycle.program(), config.machine);
  single.result.bit_error_rates = maker.bit_error_rates(config.run.chip, config.rails);
  const Bench bench{
      experiment,
      maker.make(config.run.chip, accel::highest_fault_rates(config.machine, config.rails)),
      encode_images(experiment, config.run.images), observe};
  switch (engine) {
    case Engine::kFast:
      run_fast(bench, single.result);
      break;
    case Engine::kCycle:
      run_cycle(bench, cycle, single.result);
      break;
    case Engine::kBoth:
      run_both(bench, cycle, single);
      break;
  }
  return single;
}

}  // namespace brownout::sweep
