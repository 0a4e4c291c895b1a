// SPDX-License-Identifier: Apache-2.0
// A front-end stage's machine and voltages (layer 5), found to be possible beside the base
// network's.
#pragma once

#include <optional>
#include <string>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "fuse/stage.h"
#include "sim/config/section.h"

namespace brownout::sweep {

/// `rails` are the base network's first voltages, `swept` the rail a sweep steps or empty. Findings
/// go to the section `fuse` of `root`, and then the result is not to be used.
[[nodiscard]] fuse::StageSetup check_stage(const fuse::StageConfig& stage,
                                           const accel::Machine& machine,
                                           const accel::OperatingPoint& rails,
                                           const std::string& swept, config::Section root);

}  // namespace brownout::sweep
