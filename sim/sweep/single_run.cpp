// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/single_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <numeric>

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

/// Images classified correctly.
std::size_t run_fast(const Bench& bench) {
  const accel::FastEngine engine(bench.experiment.graph, bench.experiment.config.machine);
  const accel::FastEngine::View view = engine.view(bench.chip, bench.rails());
  ThreadPool pool;
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.push_back(engine.make_workspace());
  std::vector<std::vector<std::int32_t>> logits(pool.size());
  std::mutex mutex;
  std::size_t done = 0;
  std::size_t correct = 0;
  pool.parallel_for(bench.inputs.size(), [&](std::size_t worker, std::size_t image) {
    engine.run(view, bench.inputs[image], workspaces[worker], logits[worker],
               static_cast<std::uint32_t>(image));
    const std::lock_guard<std::mutex> guard(mutex);
    correct += is_correct(bench.experiment, image, logits[worker]) ? 1 : 0;
    bench.report(++done);
  });
  return correct;
}

void add(Agreement& agreement, const models::Inference& inference,
         const accel::RunStatistics& statistics) {
  ++agreement.images;
  agreement.layers += inference.codes.size();
  agreement.elements += inference.logits.size();
  for (const auto& codes : inference.codes) agreement.elements += codes.size();
  for (const auto& layer : statistics.layers) agreement.statistics += accel::walk(layer).size();
}

/// Images classified correctly; with `agreement`, each is compared with the fast engine's and the
/// statistics with `expected`.
std::size_t run_cycle(const Bench& bench, const accel::CycleEngine& cycle,
                      const accel::RunStatistics& expected, std::optional<Agreement>& agreement) {
  const models::Graph& graph = bench.experiment.graph;
  const accel::Machine& machine = bench.experiment.config.machine;
  const accel::FastEngine fast(graph, machine);
  const accel::FastEngine::View view = fast.view(bench.chip, bench.rails());
  accel::FastGraph::Workspace workspace = fast.make_workspace();
  std::size_t correct = 0;
  for (std::size_t i = 0; i < bench.inputs.size(); ++i) {
    const accel::CycleRun run =
        cycle.run(bench.inputs[i], bench.chip, bench.rails(), static_cast<std::uint32_t>(i));
    correct += is_correct(bench.experiment, i, run.inference.logits) ? 1 : 0;
    if (agreement) {
      try {
        accel::require_equal(
            graph, cycle.program(), machine,
            fast.run_all(view, bench.inputs[i], workspace, static_cast<std::uint32_t>(i)),
            run.inference);
        accel::require_equal(expected, run.statistics);
      } catch (const MismatchError& error) {
        throw MismatchError(fmt::format("image {}: {}", i, error.what()));
      }
      add(*agreement, run.inference, run.statistics);
    }
    bench.report(i + 1);
  }
  return correct;
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
  const Bench bench{
      experiment,
      {config.run.chip, config.machine.geometry(),
       accel::highest_fault_rates(config.machine, config.rails), config.machine.memory.faults},
      encode_images(experiment, config.run.images),
      observe};
  if (engine == Engine::kFast) {
    single.result.correct = run_fast(bench);
    return single;
  }
  if (engine == Engine::kBoth) single.agreement.emplace();
  single.result.correct = run_cycle(bench, cycle, single.statistics, single.agreement);
  return single;
}

}  // namespace brownout::sweep
