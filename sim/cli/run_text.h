// SPDX-License-Identifier: Apache-2.0
// What `brownout run` prints (layer 5).
#pragma once

#include <string>

#include "sim/sweep/experiment.h"
#include "sim/sweep/single_run.h"

namespace brownout::cli {

[[nodiscard]] std::string run_text(const sweep::Experiment& experiment,
                                   const sweep::SingleRun& run);

}  // namespace brownout::cli
