// SPDX-License-Identifier: Apache-2.0
// What `brownout run` prints (layer 5).
#pragma once

#include <string>

#include "sim/sweep/experiment.h"
#include "sim/sweep/single_run.h"
#include "sim/sweep/untrained_run.h"

namespace brownout::cli {

/// Which buffers `config.rails` puts outside the measured voltages; empty when none.
[[nodiscard]] std::string extrapolation_text(const sweep::ExperimentConfig& config);

[[nodiscard]] std::string run_text(const sweep::Experiment& experiment,
                                   const sweep::SingleRun& run);
/// The same without what needs trained weights, with the accesses of each buffer.
[[nodiscard]] std::string untrained_text(const sweep::UntrainedRun& untrained);

}  // namespace brownout::cli
