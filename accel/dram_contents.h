// SPDX-License-Identifier: Apache-2.0
// What the host of a simulated accelerator writes to its DRAM and reads back (layer 3); the program
// lies at address 0.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/program.h"
#include "memory/dram.h"
#include "models/graph.h"
#include "models/reference.h"

namespace brownout::accel {

/// The weights in fetch order.
void write_weights(memory::Dram& dram, const models::Graph& graph, const Program& program);
/// An image, codes in HWC order.
void write_image(memory::Dram& dram, const models::Graph& graph, const Program& program,
                 const std::vector<std::uint8_t>& codes);
/// Every node's output, as the host would read the logits.
[[nodiscard]] models::Inference read_results(const memory::Dram& dram, const models::Graph& graph,
                                             const Program& program);

}  // namespace brownout::accel
