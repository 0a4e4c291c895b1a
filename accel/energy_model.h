// SPDX-License-Identifier: Apache-2.0
// Energy of a run (layer 3): event counts times the configuration's table, computed when reported
// (DESIGN section 7).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "accel/run_statistics.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Energy by component; the parts add up to total().
struct EnergyBreakdown {
  Picojoules ifmap_sram;
  Picojoules filter_sram;
  Picojoules ofmap_sram;
  Picojoules ecc;
  Picojoules array;
  Picojoules vector;
  Picojoules dram;
  Picojoules leakage;
  Picojoules rail_ramps;
  /// What a front-end stage spends beside accelerators: on a host, or on handing images over.
  Picojoules outside;

  [[nodiscard]] Picojoules total() const;
  EnergyBreakdown& operator+=(const EnergyBreakdown& other);
};

/// Name of each component and its energy, in a fixed order.
[[nodiscard]] std::vector<std::pair<std::string, Picojoules>> walk(const EnergyBreakdown& energy);

/// Sum over buffers of accesses x energy per access at the buffer's rails, in proportion to the
/// columns read; MACs, vector operations and coded accesses x their energies at the array's rail
/// (as V^2); DRAM bytes and row activations; and leakage of every macro over the layer's time, in
/// proportion to its cells. `point` has no schedule.
[[nodiscard]] EnergyBreakdown energy_of(const LayerStatistics& statistics, const Machine& machine,
                                        const OperatingPoint& point);

/// The same of layer `layer` at its own voltages, with the ramps that lead to them. Its leakage is
/// that of these voltages also while rails ramp.
[[nodiscard]] EnergyBreakdown energy_of_layer(const LayerStatistics& statistics,
                                              const Machine& machine, const OperatingPoint& point,
                                              std::uint32_t layer);
/// Sum over the layers of a run.
[[nodiscard]] EnergyBreakdown energy_of(const RunStatistics& run, const Machine& machine,
                                        const OperatingPoint& point);

}  // namespace brownout::accel
