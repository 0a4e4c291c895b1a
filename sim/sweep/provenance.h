// SPDX-License-Identifier: Apache-2.0
// Where a machine's numbers come from (layer 5), for manifest and report.
#pragma once

#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "fuse/stage.h"

namespace brownout::sweep {

/// A label and a text: provenance for people.
struct Source {
  std::string what;
  std::string text;
};

/// How well straight lines describe `curve`, in words.
[[nodiscard]] std::string fit_text(const memory::VoltageCurve& curve);

/// Publications behind `machine`'s tables, and how well its curve is a line.
[[nodiscard]] std::vector<Source> sources_of(const accel::Machine& machine);

/// Publications behind what a stage costs beside an accelerator like the machine's.
[[nodiscard]] std::vector<Source> sources_of(const fuse::StageSetup& stage);

}  // namespace brownout::sweep
