// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point_result.h"

#include "accel/energy_model.h"
#include "accel/fault_rates.h"
#include "accel/operating_timing.h"
#include "accel/weight_flips.h"
#include "models/reference.h"

namespace brownout::sweep {

void set_tally(PointResult& result, const Experiment& experiment, const Tally& tally) {
  result.correct = tally.correct;
  const double bits = static_cast<double>(accel::weight_bits(experiment.graph)) *
                      static_cast<double>(result.point.images);
  result.flipped_weight_bits =
      bits == 0 ? 0 : static_cast<double>(tally.flipped_weight_bits) / bits;
}

PointResult make_result(const Experiment& experiment, const Point& point,
                        const accel::OperatingPoint& rails, const accel::RunStatistics& statistics,
                        const std::string& engine) {
  const accel::Machine& machine = experiment.config.machine;
  PointResult result;
  result.point = point;
  if (machine.memory.vmin) result.volts = *machine.memory.vmin * point.voltage.count();
  result.bit_error_rates = accel::bit_error_rates(machine, rails);
  result.extrapolated = accel::extrapolated(machine, rails);
  result.network = experiment.network_name;
  result.engine = engine;
  result.cycles = statistics.total().total_cycles();
  result.time = duration(result.cycles, accel::run_clock(machine, rails));
  result.energies = accel::walk(accel::energy_of(statistics, machine, rails));
  return result;
}

bool is_correct(const Experiment& experiment, std::size_t index,
                const std::vector<std::int32_t>& logits) {
  return models::classify(experiment.graph, logits) == experiment.dataset.labels[index];
}

}  // namespace brownout::sweep
