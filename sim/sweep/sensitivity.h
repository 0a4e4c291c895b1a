// SPDX-License-Identifier: Apache-2.0
// How much accuracy each layer costs when it alone is faulty (layer 5): a sweep's rail at a sweep's
// voltages in one layer, at the curve's highest in all others, on a sweep's chips. By the fast
// engine; ramps cost time and energy, which do not matter here, so none need be known.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "accel/operating_point.h"
#include "sim/core/units.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/layer_costs.h"
#include "sim/sweep/runner.h"

namespace brownout::sweep {

/// One layer at one voltage.
struct LayerSensitivity {
  std::size_t layer = 0;  ///< node of the graph
  VminRatio voltage;
  double faulty_cells = 0;   ///< share expected to fail in the rail's worst buffer
  double wrong_bits = 0;     ///< of its weight bits, share that reads wrong besides, over all chips
  std::vector<double> lost;  ///< by chip: accuracy with no layer lowered less accuracy, 0 to 1

  [[nodiscard]] double mean() const;
  [[nodiscard]] double deviation() const;  ///< over chips, of a sample
  [[nodiscard]] double worst() const;      ///< largest loss
};

struct Sensitivities {
  std::string network;
  std::string rail;
  std::size_t images = 0;           ///< at every point
  std::vector<double> references;   ///< by chip: accuracy with no layer lowered
  std::vector<LayerCosts> costs;    ///< of every node
  std::vector<VminRatio> voltages;  ///< falling
  /// Voltage by voltage, layers in the network's order: those with operands in a buffer of the
  /// rail.
  std::vector<LayerSensitivity> layers;
};

/// `rail` of `rails` at `voltage` in node `layer` alone.
[[nodiscard]] accel::OperatingPoint lowered_in(const accel::OperatingPoint& rails,
                                               const std::string& rail, VminRatio voltage,
                                               std::uint32_t layer);

/// Throws InputError behind a generator: layers are measured of the network alone.
void refuse_generator(const Experiment& experiment);

/// `experiment` must have a sweep. Works on `jobs` threads (0: one per core); the result does not
/// depend on their number. Throws InputError where the fast engine cannot tell what cells hold.
[[nodiscard]] Sensitivities measure_sensitivities(const Experiment& experiment, std::size_t jobs,
                                                  const Observer& observe);

/// One row a layer and voltage.
[[nodiscard]] std::string sensitivity_csv(const Sensitivities& sensitivities);

}  // namespace brownout::sweep
