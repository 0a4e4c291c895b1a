// SPDX-License-Identifier: Apache-2.0
// What one image costs (layer 4): cycles, accesses and energy layer by layer, those of the
// front-end stage apart from those of the base network. Depends neither on data nor on chip.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "accel/energy_model.h"
#include "accel/operating_point.h"
#include "accel/run_statistics.h"
#include "fuse/stage.h"
#include "sim/core/units.h"

namespace brownout::fuse {

/// Energy of reading weights from their buffers: what the NeuralFuse paper counts (its Eq. 6).
struct WeightReads {
  Picojoules stage;
  Picojoules base;
  Picojoules nominal;  ///< the base network's at the memory's highest measured voltage

  /// (E_NV - (E_LV + E_NeuralFuse)) / E_NV; 0 without weights.
  [[nodiscard]] double saving() const;
};

struct ImageCost {
  /// The stage's layers, then the base network's. Dedicated: the hand-over is the stage's last one;
  /// host: the stage is one. Cycles are each accelerator's own; those of host and hand-over are the
  /// base's, waiting for its input.
  accel::RunStatistics layers;
  std::vector<accel::EnergyBreakdown> energies;  ///< of the layers
  std::vector<std::string> kinds;                ///< what the layers do
  std::size_t stage_layers = 0;

  accel::EnergyBreakdown total;
  /// The stage's share: its layers, and the ramps to its voltages and back with what leaks
  /// meanwhile.
  accel::EnergyBreakdown stage;
  Cycles stage_cycles;  ///< without ramps
  Cycles ramp_cycles;   ///< to the stage's voltages and back
  WeightReads weight_reads;
  Picoseconds latency;   ///< of one image alone
  Picoseconds interval;  ///< between images one after the other, stage and base pipelined

  /// Another network after this one; neither has a stage.
  ImageCost& operator+=(const ImageCost& next);
};

/// `statistics` of a network of which the first `stage_layers` are a stage's on the same array.
[[nodiscard]] ImageCost cost_on_array(const models::Graph& network,
                                      const accel::RunStatistics& statistics,
                                      const accel::Machine& machine,
                                      const accel::OperatingPoint& point,
                                      std::uint32_t stage_layers = 0);

/// Puts a dedicated stage, whose front ran as `statistics`, before `base`.
[[nodiscard]] ImageCost with_dedicated(const ImageCost& base, const Stage& stage,
                                       const accel::RunStatistics& statistics, Hertz base_clock);

/// Puts a stage on the host before `base`.
[[nodiscard]] ImageCost with_host(const ImageCost& base, const Stage& stage, Hertz base_clock);

/// Cycles of the base's clock in which an image is handed over.
[[nodiscard]] Cycles handover_cycles(const Stage& stage);

}  // namespace brownout::fuse
