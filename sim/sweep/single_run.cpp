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
#include "accel/fault_sources.h"
#include "accel/weight_flips.h"
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

Tally run_fast(const Bench& bench, PointResult& result) {
  const accel::FastEngine engine(bench.experiment.graph, bench.experiment.config.machine);
  const accel::FastEngine::View view = engine.view(bench.chip, bench.rails());
  result.weight_words = view.total_weight_words();
  ThreadPool pool;
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.push_back(engine.make_workspace());
  std::vector<std::vector<std::int32_t>> logits(pool.size());
  std::mutex mutex;
  std::size_t done = 0;
  Tally tally;
  pool.parallel_for(bench.inputs.size(), [&](std::size_t worker, std::size_t image) {
    const std::uint64_t flipped = engine.run(view, bench.inputs[image], workspaces[worker],
                                             logits[worker], static_cast<std::uint32_t>(image));
    const std::lock_guard<std::mutex> guard(mutex);
    tally.flipped_weight_bits += flipped;
    tally.correct += is_correct(bench.experiment, image, logits[worker]) ? 1 : 0;
    bench.report(++done);
  });
  return tally;
}

void add(Agreement& agreement, const models::Inference& inference,
         const accel::RunStatistics& statistics) {
  ++agreement.images;
  agreement.layers += inference.codes.size();
  agreement.elements += inference.logits.size();
  for (const auto& codes : inference.codes) agreement.elements += codes.size();
  for (const auto& layer : statistics.layers) agreement.statistics += accel::walk(layer).size();
}

/// The fast engine beside the cycle engine, image by image.
class Comparison {
 public:
  explicit Comparison(const Bench& bench)
      : bench_(bench),
        fast_(bench.experiment.graph, bench.experiment.config.machine),
        view_(fast_.view(bench.chip, bench.rails())),
        workspace_(fast_.make_workspace()) {}

  /// Throws MismatchError unless image `index` of the cycle engine is as the fast engine has it,
  /// and its statistics are `expected`.
  void require_equal(std::uint32_t index, const accel::CycleRun& run, std::uint64_t flipped,
                     const accel::RunStatistics& expected) {
    const accel::Machine& machine = bench_.experiment.config.machine;
    const auto& input = bench_.inputs[index];
    try {
      accel::require_equal(bench_.experiment.graph, fast_.program(), machine,
                           fast_.run_all(view_, input, workspace_, index), run.inference);
      accel::require_equal(expected, run.statistics);
      std::vector<std::int32_t> logits;
      const std::uint64_t fast = fast_.run(view_, input, workspace_, logits, index);
      if (fast != flipped) {
        throw MismatchError(
            fmt::format("wrong bits of weights: fast engine {}, cycle engine {}", fast, flipped));
      }
    } catch (const MismatchError& error) {
      throw MismatchError(fmt::format("image {}: {}", index, error.what()));
    }
  }

 private:
  const Bench& bench_;
  accel::FastEngine fast_;
  accel::FastEngine::View view_;
  accel::FastGraph::Workspace workspace_;
};

/// With `agreement`, each image is compared with the fast engine's and the statistics with
/// `expected`.
Tally run_cycle(const Bench& bench, const accel::CycleEngine& cycle,
                const accel::RunStatistics& expected, std::optional<Agreement>& agreement) {
  std::optional<Comparison> comparison;
  if (agreement) comparison.emplace(bench);
  const bool changes = accel::changes_with_image(bench.experiment.config.machine);
  Tally tally;
  std::uint64_t flipped = 0;
  for (std::size_t i = 0; i < bench.inputs.size(); ++i) {
    const auto image = static_cast<std::uint32_t>(i);
    accel::WeightFlipCounter counter(bench.experiment.graph, cycle.program());
    // Weights do not depend on the image: without random reads one image tells for all.
    const bool watched = i == 0 || changes;
    const accel::CycleRun run =
        cycle.run(bench.inputs[i], bench.chip, bench.rails(), image, watched ? &counter : nullptr);
    if (watched) flipped = counter.flipped();
    tally.flipped_weight_bits += flipped;
    tally.correct += is_correct(bench.experiment, i, run.inference.logits) ? 1 : 0;
    if (comparison) {
      comparison->require_equal(image, run, flipped, expected);
      add(*agreement, run.inference, run.statistics);
    }
    bench.report(i + 1);
  }
  return tally;
}

}  // namespace

VminRatio lowest_voltage(const ExperimentConfig& config) {
  std::vector<VminRatio> voltages;
  for (const accel::OperatingPoint& phase : config.rails.phases()) {
    for (const memory::GroupId group : memory::kGroups) {
      const accel::BufferConfig& buffer = config.machine.accelerator.buffers[group];
      for (const std::string& rail : buffer.rails()) voltages.push_back(phase.voltage(rail));
    }
  }
  return *std::min_element(voltages.begin(), voltages.end());
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
  if (engine == Engine::kFast) {
    set_tally(single.result, experiment, run_fast(bench, single.result));
    return single;
  }
  const accel::FastEngine fast(experiment.graph, config.machine);
  if (fast.can_view(config.rails)) {
    single.result.weight_words = fast.view(bench.chip, config.rails).total_weight_words();
  }
  if (engine == Engine::kBoth) single.agreement.emplace();
  set_tally(single.result, experiment,
            run_cycle(bench, cycle, single.statistics, single.agreement));
  return single;
}

}  // namespace brownout::sweep
