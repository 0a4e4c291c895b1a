// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point_result.h"

#include "accel/energy_model.h"
#include "accel/fault_rates.h"
#include "accel/operating_timing.h"
#include "models/reference.h"

namespace brownout::sweep {

void set_tally(PointResult& result, const Tally& tally) {
  result.correct = tally.correct;
  const double bits =
      static_cast<double>(tally.weight_bits) * static_cast<double>(result.point.images);
  result.flipped_weight_bits =
      bits == 0 ? 0 : static_cast<double>(tally.flipped_weight_bits) / bits;
}

PointResult make_result(const Experiment& experiment, const Point& point,
                        const accel::OperatingPoint& rails, const fuse::ImageCost& cost,
                        const std::string& engine) {
  const accel::Machine& machine = experiment.config.machine;
  PointResult result;
  result.point = point;
  if (machine.memory.vmin) result.volts = *machine.memory.vmin * point.voltage.count();
  result.bit_error_rates = accel::bit_error_rates(machine, rails);
  result.extrapolated = accel::extrapolated(machine, rails);
  result.network = experiment.network_name;
  if (const auto& setup = experiment.config.fuse) {
    result.generator = setup->config.generator.name();
    result.placement = fuse::placement_name(setup->config.placement);
  }
  result.engine = engine;
  result.cycles = cost.layers.total().total_cycles();
  result.time = cost.latency;
  result.pipelined = cost.interval;
  result.generator_cycles = cost.stage_cycles;
  result.generator_ramp_cycles = cost.ramp_cycles;
  result.energies = accel::walk(cost.total);
  result.generator_energies = accel::walk(cost.stage);
  result.weight_reads_saved = cost.weight_reads.saving();
  return result;
}

ScaleSimLayers scale_sim_of(const Experiment& experiment) {
  const accel::AcceleratorConfig& accelerator = experiment.config.machine.accelerator;
  ScaleSimLayers layers = scale_sim_layers({&experiment.graph}, accelerator);
  if (layers.empty() || !experiment.stage || experiment.stage->layers_on_array() > 0) return layers;
  ScaleSimLayers stage;
  if (experiment.stage->placement() == fuse::Placement::kDedicated) {
    accel::AcceleratorConfig own = experiment.stage->setup.machine.accelerator;
    own.accounting = accelerator.accounting;
    stage = scale_sim_layers({&experiment.stage->front}, own);
  }
  stage.emplace_back();  // the hand-over, or the host
  layers.insert(layers.begin(), stage.begin(), stage.end());
  return layers;
}

bool is_correct(const Experiment& experiment, std::size_t index,
                const std::vector<std::int32_t>& logits) {
  return models::classify(experiment.graph, logits) == experiment.dataset.labels[index];
}

}  // namespace brownout::sweep
