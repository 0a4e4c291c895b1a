// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point_result.h"

#include "accel/energy_model.h"
#include "accel/fault_rates.h"
#include "accel/operating_timing.h"
#include "models/reference.h"

namespace brownout::sweep {
PointResult make_result(const Experiment& experiment, const Point& point,
                        const accel::OperatingPoint& rails, const accel::RunStatistics& statistics,
                        const std::string& engine) {
  const accel::Machine& machine = experiment.config.machine;
  PointResult result;
  result.point = point;
  if (machine.memory.vmin) result.volts = *machine.memory.vmin * point.voltage.count();
  result.bit_error_rates = accel::bit_error_rates(machine, rails);
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
