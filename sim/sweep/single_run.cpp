// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/single_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <numeric>

#include "accel/chip_maker.h"
#include "accel/compare.h"
#include "accel/fault_rates.h"
#include "accel/fault_sources.h"
#include "accel/weight_flips.h"
#include "fuse/cycle_system.h"
#include "fuse/fast_system.h"
#include "fuse/fast_twin.h"
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
  [[nodiscard]] fuse::FastSystem fast_system() const {
    return {experiment.graph, experiment.config.machine, experiment.stage_or_null(), {rails()}};
  }
  void report(std::size_t images_done) const {
    observe({images_done == inputs.size() ? 1U : 0U, 1, images_done, inputs.size()});
  }
};

Tally run_fast(const Bench& bench, PointResult& result) {
  const fuse::FastSystem system = bench.fast_system();
  const auto inputs = system.prepare(bench.inputs);
  const fuse::FastSystem::View view = system.view(bench.chip, bench.rails());
  result.weight_words = view.network.total_weight_words();
  ThreadPool pool;
  std::vector<fuse::FastSystem::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.push_back(system.make_workspace());
  std::vector<std::vector<std::int32_t>> logits(pool.size());
  std::mutex mutex;
  std::size_t done = 0;
  Tally tally;
  tally.weight_bits = accel::weight_bits(system.network());
  pool.parallel_for(inputs.size(), [&](std::size_t worker, std::size_t image) {
    const std::uint64_t flipped = system.run(view, inputs[image], workspaces[worker],
                                             logits[worker], static_cast<std::uint32_t>(image));
    const std::lock_guard<std::mutex> guard(mutex);
    tally.flipped_weight_bits += flipped;
    tally.correct += is_correct(bench.experiment, image, logits[worker]) ? 1 : 0;
    bench.report(++done);
  });
  return tally;
}

void add(Agreement& agreement, const fuse::CycleSystem::Run& run) {
  ++agreement.images;
  for (const accel::CycleRun* part : {&run.stage, &run.network}) {
    agreement.layers += part->inference.codes.size();
    agreement.elements += part->inference.logits.size();
    for (const auto& codes : part->inference.codes) agreement.elements += codes.size();
    for (const auto& layer : part->statistics.layers) {
      agreement.statistics += accel::walk(layer).size();
    }
  }
}

/// The fast engine beside the cycle engine, image by image.
class Comparison {
 public:
  /// `cost` is that of any image.
  Comparison(const Bench& bench, const fuse::CycleSystem& cycle, const fuse::ImageCost& cost)
      : bench_(bench),
        cycle_(cycle),
        cost_(cost),
        twin_(bench.experiment.graph, bench.experiment.config.machine,
              bench.experiment.stage_or_null(), bench.chip, bench.rails()),
        system_(bench.fast_system()),
        view_(system_.view(bench.chip, bench.rails())),
        workspace_(system_.make_workspace()),
        inputs_(system_.prepare(bench.inputs)) {}

  /// Throws MismatchError unless image `index` of the cycle engine is as the fast engine has it,
  /// and cost what any image costs.
  void require_equal(std::uint32_t index, const fuse::CycleSystem::Run& run,
                     std::uint64_t flipped) {
    try {
      twin_.require_equal(bench_.inputs[index], run, index);
      const fuse::ImageCost cost =
          cycle_.cost(run.network.statistics, run.stage.statistics, bench_.rails());
      accel::require_equal(cost_.layers, cost.layers);
      std::vector<std::int32_t> logits;
      const std::uint64_t fast = system_.run(view_, inputs_[index], workspace_, logits, index);
      if (logits != run.network.inference.logits) {
        throw MismatchError("logits: those behind the stage by itself differ");
      }
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
  const fuse::CycleSystem& cycle_;
  const fuse::ImageCost& cost_;
  fuse::FastTwin twin_;
  fuse::FastSystem system_;
  fuse::FastSystem::View view_;
  fuse::FastSystem::Workspace workspace_;
  std::vector<std::vector<std::uint8_t>> inputs_;
};

/// With `agreement`, each image is compared with the fast engine's and its cost with `cost`.
Tally run_cycle(const Bench& bench, const fuse::CycleSystem& cycle, const fuse::ImageCost& cost,
                std::optional<Agreement>& agreement) {
  std::optional<Comparison> comparison;
  if (agreement) comparison.emplace(bench, cycle, cost);
  const bool changes = accel::changes_with_image(bench.experiment.config.machine);
  Tally tally;
  tally.weight_bits = accel::weight_bits(bench.fast_system().network());
  std::uint64_t flipped = 0;
  for (std::size_t i = 0; i < bench.inputs.size(); ++i) {
    const auto image = static_cast<std::uint32_t>(i);
    accel::WeightFlipCounter counter(bench.experiment.graph, cycle.program());
    // Weights do not depend on the image: without random reads one image tells for all.
    const bool watched = i == 0 || changes;
    const fuse::CycleSystem::Run run =
        cycle.run(bench.inputs[i], bench.chip, bench.rails(), image, watched ? &counter : nullptr);
    if (watched) flipped = counter.flipped();
    tally.flipped_weight_bits += flipped;
    tally.correct += is_correct(bench.experiment, i, run.network.inference.logits) ? 1 : 0;
    if (comparison) {
      comparison->require_equal(image, run, flipped);
      add(*agreement, run);
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
  const fuse::CycleSystem cycle(experiment.graph, config.machine, experiment.stage_or_null());
  SingleRun single;
  single.cost = cycle.cost(config.rails);
  single.result = make_result(experiment, point, config.rails, single.cost, engine_name(engine));
  const accel::ChipMaker maker(experiment.graph, cycle.program(), config.machine);
  single.result.bit_error_rates = maker.bit_error_rates(config.run.chip, config.rails);
  const Bench bench{
      experiment,
      maker.make(config.run.chip, accel::highest_fault_rates(config.machine, config.rails)),
      encode_images(experiment, config.run.images), observe};
  if (engine == Engine::kFast) {
    set_tally(single.result, run_fast(bench, single.result));
    return single;
  }
  const fuse::FastSystem fast = bench.fast_system();
  if (fast.can_view(config.rails)) {
    single.result.weight_words = fast.view(bench.chip, config.rails).network.total_weight_words();
  }
  if (engine == Engine::kBoth) single.agreement.emplace();
  set_tally(single.result, run_cycle(bench, cycle, single.cost, single.agreement));
  return single;
}

}  // namespace brownout::sweep
