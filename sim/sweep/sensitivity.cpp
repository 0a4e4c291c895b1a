// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sensitivity.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "accel/chip_maker.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "sim/core/error.h"
#include "sim/core/statistics.h"
#include "sim/core/thread_pool.h"
#include "sim/sweep/csv.h"
#include "sim/sweep/point_result.h"

namespace brownout::sweep {
namespace {

using Inputs = std::vector<std::vector<std::uint8_t>>;

/// As a sweep's reference: its rail at the highest voltage, the others as configured.
accel::OperatingPoint unlowered(const Experiment& experiment) {
  const VminRatio highest = experiment.config.machine.memory.curve.reference();
  return experiment.config.rails.with(experiment.config.sweep->rail, highest);
}

/// The layers that have operands in a buffer on `rail`: without weights none in the filter buffer.
std::vector<std::uint32_t> layers_on(const Experiment& experiment, const std::string& rail) {
  bool activations = false;
  for (const memory::GroupId group : {memory::GroupId::kIfmap, memory::GroupId::kOfmap}) {
    const auto rails = experiment.config.machine.accelerator.buffers[group].rails();
    activations = activations || rails.count(rail) != 0;
  }
  std::vector<std::uint32_t> layers;
  for (std::uint32_t i = 0; i < experiment.graph.nodes.size(); ++i) {
    const bool weights = std::holds_alternative<models::Conv>(experiment.graph.nodes[i].operation);
    if (activations || weights) layers.push_back(i);
  }
  return layers;
}

/// What the threads share.
struct Shared {
  const Experiment& experiment;
  const accel::FastEngine& engine;
  Inputs inputs;
};

Tally run_images(const Shared& shared, const accel::FastEngine::View& view,
                 accel::FastGraph::Workspace& workspace) {
  std::vector<std::int32_t> logits;
  Tally tally;
  for (std::size_t i = 0; i < shared.inputs.size(); ++i) {
    tally.flipped_weight_bits +=
        shared.engine.run(view, shared.inputs[i], workspace, logits, static_cast<std::uint32_t>(i));
    tally.correct += is_correct(shared.experiment, i, logits) ? 1 : 0;
  }
  return tally;
}

/// Everything but what chips tell.
Sensitivities prepare(const Experiment& experiment) {
  const SweepConfig& sweep = *experiment.config.sweep;
  Sensitivities result;
  result.network = experiment.network_name;
  result.rail = sweep.rail;
  result.images = sweep.images;
  result.costs = layer_costs(experiment.graph);
  result.voltages = sweep.voltages;
  for (const VminRatio voltage : sweep.voltages) {
    for (const std::uint32_t layer : layers_on(experiment, sweep.rail)) {
      LayerSensitivity one{layer, voltage, 0, 0, {}};
      const accel::OperatingPoint point =
          lowered_in(unlowered(experiment), sweep.rail, voltage, layer);
      const auto rates = accel::bit_error_rates(experiment.config.machine, point.at_layer(layer));
      for (const memory::GroupId group : memory::kGroups) {
        const auto rails = experiment.config.machine.accelerator.buffers[group].rails();
        if (rails.count(sweep.rail) == 0) continue;
        one.faulty_cells = std::max(one.faulty_cells, rates[group]);
      }
      result.layers.push_back(std::move(one));
    }
  }
  return result;
}

/// The reference, and every layer at every voltage.
std::vector<accel::OperatingPoint> operating_points(const Experiment& experiment,
                                                    const Sensitivities& planned) {
  std::vector<accel::OperatingPoint> points = {unlowered(experiment)};
  for (const LayerSensitivity& one : planned.layers) {
    points.push_back(lowered_in(points.front(), planned.rail, one.voltage,
                                static_cast<std::uint32_t>(one.layer)));
  }
  return points;
}

/// The chip's share of each mean; the first tally is the reference.
void add_chip(Sensitivities& result, const std::vector<Tally>& tallies, std::size_t chips) {
  const auto images = static_cast<double>(result.images);
  const double reference = static_cast<double>(tallies.front().correct) / images;
  result.references.push_back(reference);
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    LayerSensitivity& one = result.layers[i];
    const Tally& tally = tallies[i + 1];
    one.lost.push_back(reference - static_cast<double>(tally.correct) / images);
    const auto bits = static_cast<double>(result.costs[one.layer].weight_bits);
    if (bits == 0) continue;
    const double flipped = static_cast<double>(tally.flipped_weight_bits) -
                           static_cast<double>(tallies.front().flipped_weight_bits);
    one.wrong_bits += flipped / images / bits / static_cast<double>(chips);
  }
}

}  // namespace

double LayerSensitivity::mean() const { return brownout::mean(lost); }
double LayerSensitivity::deviation() const { return sample_standard_deviation(lost); }
double LayerSensitivity::worst() const { return *std::max_element(lost.begin(), lost.end()); }

accel::OperatingPoint lowered_in(const accel::OperatingPoint& rails, const std::string& rail,
                                 VminRatio voltage, std::uint32_t layer) {
  return rails.with(rail, voltage, layer).with(rail, rails.voltage(rail), layer + 1);
}

void refuse_generator(const Experiment& experiment) {
  if (!experiment.stage) return;
  throw InputError(
      "fuse: found a generator, allowed: none ('--set fuse=none'); layers are measured of the "
      "network alone");
}

Sensitivities measure_sensitivities(const Experiment& experiment, std::size_t jobs,
                                    const Observer& observe) {
  require(experiment.config.sweep.has_value(), "sensitivities are measured as a sweep says");
  refuse_generator(experiment);
  const SweepConfig& sweep = *experiment.config.sweep;
  Sensitivities result = prepare(experiment);
  const std::vector<accel::OperatingPoint> points = operating_points(experiment, result);
  const accel::FastEngine engine(experiment.graph, experiment.config.machine);
  const accel::ChipMaker maker(experiment.graph, engine.program(), experiment.config.machine);
  const auto highest = accel::highest_fault_rates(experiment.config.machine, points);
  const Shared shared{experiment, engine, encode_images(experiment, sweep.images)};
  ThreadPool pool(jobs);
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.push_back(engine.make_workspace());
  std::mutex mutex;
  const std::size_t all = points.size() * sweep.chips;
  Progress progress{0, all, 0, all * sweep.images};
  for (std::size_t i = 0; i < sweep.chips; ++i) {
    const memory::Chip chip = maker.make(ChipId(sweep.first_chip.value() + i), highest);
    std::vector<Tally> tallies(points.size());
    pool.parallel_for(points.size(), [&](std::size_t worker, std::size_t index) {
      tallies[index] = run_images(shared, engine.view(chip, points[index]), workspaces[worker]);
      const std::lock_guard<std::mutex> guard(mutex);
      ++progress.points_done;
      progress.images_done += sweep.images;
      observe(progress);
    });
    add_chip(result, tallies, sweep.chips);
  }
  return result;
}

std::string sensitivity_csv(const Sensitivities& sensitivities) {
  std::string text =
      join_csv({"layer", "operation", "channels", "height", "width", "macs", "parameters",
                "weight_bits", "voltage_vmin", "faulty_cells", "wrong_weight_bits", "chips",
                "images", "reference", "lost_mean", "lost_std", "lost_worst"}) +
      "\n";
  for (const LayerSensitivity& one : sensitivities.layers) {
    const LayerCosts& cost = sensitivities.costs[one.layer];
    text += join_csv({cost.name, cost.operation, std::to_string(cost.output.channels),
                      std::to_string(cost.output.height), std::to_string(cost.output.width),
                      std::to_string(cost.macs), std::to_string(cost.parameters),
                      std::to_string(cost.weight_bits), csv_number(one.voltage.count()),
                      csv_number(one.faulty_cells), csv_number(one.wrong_bits),
                      std::to_string(one.lost.size()), std::to_string(sensitivities.images),
                      csv_number(mean(sensitivities.references)), csv_number(one.mean()),
                      csv_number(one.deviation()), csv_number(one.worst())}) +
            "\n";
  }
  return text;
}

}  // namespace brownout::sweep
