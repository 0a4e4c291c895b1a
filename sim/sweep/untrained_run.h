// SPDX-License-Identifier: Apache-2.0
// `brownout run` of a network known by its shapes only (layer 5): cycles, accesses and energy of
// one inference. Weights mean nothing, so there is no accuracy.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/graph.h"
#include "sim/config/override.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/layer_table.h"
#include "sim/sweep/single_run.h"

namespace brownout::sweep {

struct UntrainedRun {
  Experiment experiment;              ///< without images, and without graph but for a stage
  std::vector<models::Graph> graphs;  ///< timed one after the other
  SingleRun run;                      ///< of no images; layers are the graphs' nodes in order,
                                      ///< a stage's before them

  /// Of the layers, in order, where the accelerator's accounting asks for it.
  [[nodiscard]] ScaleSimLayers scale_sim() const;
};

/// Reads the configuration and times its networks. Throws InputError when it is wrong or the
/// machine cannot run them.
[[nodiscard]] UntrainedRun run_untrained(const std::filesystem::path& file,
                                         const config::Overrides& overrides);

}  // namespace brownout::sweep
