// SPDX-License-Identifier: Apache-2.0
// Equality of the two engines (layer 3): one truth, or the first place where they part.
#pragma once

#include "accel/accelerator_config.h"
#include "accel/program.h"
#include "accel/run_statistics.h"
#include "models/graph.h"
#include "models/reference.h"

namespace brownout::accel {

/// Throws MismatchError naming layer, element (channel, row, column) and its ofmap buffer address
/// for the first output code or logit in which `fast` and `cycle` differ.
void require_equal(const models::Graph& graph, const Program& program, const Machine& machine,
                   const models::Inference& fast, const models::Inference& cycle);

/// Throws MismatchError naming layer and statistic of the first difference.
void require_equal(const RunStatistics& fast, const RunStatistics& cycle);

}  // namespace brownout::accel
