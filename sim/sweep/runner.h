// SPDX-License-Identifier: Apache-2.0
// Simulates operating points with the fast engine (layer 5): a sweep's on all cores, and the one
// of `brownout run`, there on either engine or on both at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "accel/operating_point.h"
#include "accel/run_statistics.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/point.h"
#include "sim/sweep/results_folder.h"

namespace brownout::sweep {

/// How far the work is.
struct Progress {
  std::size_t points_done = 0;  ///< those of earlier processes included
  std::size_t points = 0;
  std::uint64_t images_done = 0;  ///< in this process
  std::uint64_t images = 0;       ///< to do in this process
};
/// Called often, by one thread at a time.
using Observer = std::function<void(const Progress&)>;

/// The points of a sweep and where they happen.
struct SweepPlan {
  std::vector<Point> points;
  accel::OperatingPoint rails;  ///< the swept rail's voltage is the point's
  std::string rail;
  std::uint32_t from_layer = 0;            ///< the point's voltage holds from this layer on
  std::uint32_t until_layer = UINT32_MAX;  ///< and from this one the rail's own again
  std::uint32_t first_layer = 0;           ///< of the base network, where its rails' own begin

  [[nodiscard]] accel::OperatingPoint at(VminRatio voltage) const {
    accel::OperatingPoint lowered = rails.with(rail, voltage, from_layer);
    if (until_layer == UINT32_MAX) return lowered;
    return lowered.with(rail, rails.at_layer(first_layer).voltage(rail), until_layer);
  }
};
/// `experiment` must have a sweep.
[[nodiscard]] SweepPlan plan_sweep(const Experiment& experiment);

/// Simulates all points `folder` does not have yet on `jobs` threads (0: one per core) and brings
/// its files into their final state. The files are the same for any number of threads.
void run_sweep(const Experiment& experiment, const SweepPlan& plan, ResultsFolder& folder,
               std::size_t jobs, const Observer& observe);

}  // namespace brownout::sweep
