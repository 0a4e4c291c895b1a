// SPDX-License-Identifier: Apache-2.0
// Chips for a network on a machine (layer 3): drawn or measured, their macros placed as the
// memory's configuration says, their cells used as the accelerator's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/fault_aware_placement.h"
#include "accel/operating_point.h"
#include "accel/program.h"
#include "memory/chip.h"
#include "models/graph.h"

namespace brownout::accel {

class ChipMaker {
 public:
  /// All must outlive it. Throws InputError when a map has too few blocks.
  ChipMaker(const models::Graph& graph, const Program& program, const Machine& machine);

  /// Good for rates up to `highest`.
  [[nodiscard]] memory::Chip make(ChipId chip,
                                  const memory::PerGroup<memory::BufferRates>& highest) const;

  /// Share of failing cells of each buffer by any cause, the highest along the network: by the
  /// curve, or counted in the blocks of the map that make up the chip.
  [[nodiscard]] memory::PerGroup<double> bit_error_rates(ChipId chip,
                                                         const OperatingPoint& point) const;

 private:
  [[nodiscard]] memory::PerGroup<memory::MacroOrder> order(ChipId chip) const;

  const Machine& machine_;
  memory::PerGroup<memory::SramGeometry> geometry_;
  memory::PerGroup<memory::CellLayout> layouts_;
  std::optional<FaultAwarePlacement> fault_aware_;
  std::vector<std::vector<std::uint64_t>> failing_;  ///< by level and block of the map
};

}  // namespace brownout::accel
