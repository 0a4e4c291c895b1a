// SPDX-License-Identifier: Apache-2.0
// How much a network depends on each word of its buffers (layer 3).
#pragma once

#include <vector>

#include "accel/accelerator_config.h"
#include "accel/program.h"
#include "memory/chip.h"
#include "models/graph.h"

namespace brownout::accel {

/// Weight of every word of `group`, the sum over layers. A layer whose operand fills n words gives
/// the words it comes to 1 / n each time: layers count alike, each by the mean over its operand.
/// Layers in the placement's `sensitivity` count by its factor. Layers begin at word 0 (DESIGN
/// section 6).
[[nodiscard]] std::vector<double> buffer_usage(const models::Graph& graph, const Program& program,
                                               const Machine& machine, memory::GroupId group);

}  // namespace brownout::accel
