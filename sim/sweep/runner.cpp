// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/runner.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "accel/chip_maker.h"
#include "accel/fault_rates.h"
#include "accel/weight_flips.h"
#include "fuse/cycle_system.h"
#include "fuse/fast_system.h"
#include "sim/core/error.h"
#include "sim/core/thread_pool.h"
#include "sim/sweep/chip_store.h"
#include "sim/sweep/point_result.h"

namespace brownout::sweep {
namespace {

constexpr std::size_t kImagesPerReport = 32;

/// Progress counted by all threads, observed by one at a time.
class SharedProgress {
 public:
  SharedProgress(Progress start, const Observer& observe) : progress_(start), observe_(observe) {}

  void add(std::size_t images, std::size_t points) {
    const std::lock_guard<std::mutex> guard(mutex_);
    progress_.images_done += images;
    progress_.points_done += points;
    observe_(progress_);
  }

 private:
  std::mutex mutex_;
  Progress progress_;
  const Observer& observe_;
};

/// What the threads of a sweep share.
struct Shared {
  const Experiment& experiment;
  const SweepPlan& plan;
  const fuse::FastSystem& system;
  const std::vector<std::vector<std::uint8_t>>& inputs;
  SharedProgress& progress;
};

Tally run_images(const Shared& shared, const fuse::FastSystem::View& view, std::size_t images,
                 fuse::FastSystem::Workspace& workspace) {
  std::vector<std::int32_t> logits;
  Tally tally;
  tally.weight_bits = accel::weight_bits(shared.system.network());
  for (std::size_t i = 0; i < images; ++i) {
    tally.flipped_weight_bits +=
        shared.system.run(view, shared.inputs[i], workspace, logits, static_cast<std::uint32_t>(i));
    tally.correct += is_correct(shared.experiment, i, logits) ? 1 : 0;
    if ((i + 1) % kImagesPerReport == 0) shared.progress.add(kImagesPerReport, 0);
  }
  shared.progress.add(images % kImagesPerReport, 0);
  return tally;
}

/// Where the points of the plan happen.
std::vector<accel::OperatingPoint> operating_points(const SweepPlan& plan) {
  std::vector<accel::OperatingPoint> points;
  for (const Point& point : plan.points) points.push_back(plan.at(point.voltage));
  return points;
}

using Costs = std::map<VminRatio, fuse::ImageCost>;

/// Cycles, counts and energy at every voltage of the plan: they depend neither on data nor on chip,
/// so one pass of the cycle engine serves all points of a voltage.
Costs cost_voltages(const fuse::CycleSystem& system, const SweepPlan& plan) {
  Costs costs;
  for (const Point& point : plan.points) {
    if (costs.count(point.voltage) != 0) continue;
    costs.emplace(point.voltage, system.cost(plan.at(point.voltage)));
  }
  return costs;
}

std::vector<LayerRow> all_layer_rows(const Experiment& experiment, const Costs& costs) {
  const ScaleSimLayers scale_sim = scale_sim_of(experiment);
  std::vector<LayerRow> rows;
  for (auto at = costs.rbegin(); at != costs.rend(); ++at) {
    const auto some = layer_rows(at->second, at->first, scale_sim);
    rows.insert(rows.end(), some.begin(), some.end());
  }
  return rows;
}

std::vector<Point> missing_points(const SweepPlan& plan, const ResultsFolder& folder) {
  std::vector<Point> missing;
  for (const Point& point : plan.points) {
    if (!folder.has(point)) missing.push_back(point);
  }
  return missing;
}

}  // namespace

SweepPlan plan_sweep(const Experiment& experiment) {
  const auto& sweep = experiment.config.sweep;
  require(sweep.has_value(), "a sweep is planned from an experiment that has one");
  const VminRatio nominal = experiment.config.machine.memory.curve.reference();
  return {plan_points(*sweep, nominal),
          experiment.config.rails,
          sweep->rail,
          experiment.sweep_from_layer,
          experiment.sweep_until_layer,
          experiment.stage ? experiment.stage->layers_on_array() : 0};
}

void run_sweep(const Experiment& experiment, const SweepPlan& plan, ResultsFolder& folder,
               std::size_t jobs, const Observer& observe) {
  const accel::Machine& machine = experiment.config.machine;
  const fuse::CycleSystem cycle(experiment.graph, machine, experiment.stage_or_null());
  const Costs costs = cost_voltages(cycle, plan);
  const accel::ChipMaker maker(experiment.graph, cycle.program(), machine);
  const auto result_of = [&](const Point& point) {
    const accel::OperatingPoint rails = plan.at(point.voltage);
    PointResult result = make_result(experiment, point, rails, costs.at(point.voltage), "fast");
    result.bit_error_rates = maker.bit_error_rates(point.chip, rails);
    return result;
  };
  for (const Point& point : plan.points) folder.verify(result_of(point));
  folder.write_layer_rows(all_layer_rows(experiment, costs));

  const std::vector<Point> points = missing_points(plan, folder);
  Progress start{folder.size(), plan.points.size(), 0, 0};
  std::size_t most_images = 0;
  for (const Point& point : points) {
    start.images += point.images;
    most_images = std::max(most_images, point.images);
  }
  const std::vector<accel::OperatingPoint> rails = operating_points(plan);
  const fuse::FastSystem system(experiment.graph, machine, experiment.stage_or_null(), rails);
  const auto inputs = system.prepare(encode_images(experiment, most_images), jobs);
  ChipStore chips(maker, accel::highest_fault_rates(machine, rails), points);
  SharedProgress progress(start, observe);
  const Shared shared{experiment, plan, system, inputs, progress};

  ThreadPool pool(jobs);
  std::vector<fuse::FastSystem::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.push_back(system.make_workspace());
  std::mutex folder_mutex;
  pool.parallel_for(points.size(), [&](std::size_t worker, std::size_t index) {
    const Point& point = points[index];
    PointResult result = result_of(point);
    chips.use(point.chip, [&](const memory::Chip& chip) {
      const auto view = system.view(chip, plan.at(point.voltage));
      result.weight_words = view.network.total_weight_words();
      set_tally(result, run_images(shared, view, point.images, workspaces[worker]));
    });
    {
      const std::lock_guard<std::mutex> guard(folder_mutex);
      folder.append(result);
    }
    progress.add(0, 1);
  });
  folder.finish();
}

}  // namespace brownout::sweep
