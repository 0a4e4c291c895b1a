// SPDX-License-Identifier: Apache-2.0
// The failing cells of a buffer as both engines see them (layer 3), for the mapping the memory's
// configuration names.
#pragma once

#include <cstdint>
#include <memory>

#include "accel/accelerator_config.h"
#include "accel/program.h"
#include "memory/chip.h"
#include "memory/fault_source.h"
#include "models/graph.h"

namespace brownout::accel {

/// Whose cells: of a network on a machine, one image on one chip.
struct FaultContext {
  const models::Graph& graph;
  const Program& program;
  const Machine& machine;
  const memory::Chip& chip;
  std::uint32_t image = 0;  ///< part of every access's number (docs/faults.md)
};

/// Everything in `context` must outlive the source.
[[nodiscard]] std::unique_ptr<memory::FaultSource> make_fault_source(const FaultContext& context,
                                                                     memory::GroupId group,
                                                                     memory::Storage storage);

/// The same of a buffer's check bits, which always fail by address; null when it has none.
[[nodiscard]] std::unique_ptr<memory::FaultSource> make_check_source(const FaultContext& context,
                                                                     memory::GroupId group,
                                                                     memory::Storage storage);

/// Whether the same chip reads differently from image to image.
[[nodiscard]] bool changes_with_image(const Machine& machine);

}  // namespace brownout::accel
