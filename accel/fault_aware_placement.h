// SPDX-License-Identifier: Apache-2.0
// Placement by test (layer 3): blocks of cells stand where the network's layers meet the fewest and
// least significant of their failing cells.
//
// The buffers are shared by the layers in time, and each layer begins at word 0. So a macro's cost
// is one number for all layers together, no layer has to give way to another, and which blocks
// stand where is an assignment problem, solved exactly for every pool of blocks (macro_order.h).
#pragma once

#include <cstdint>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/program.h"
#include "memory/chip.h"
#include "models/graph.h"

namespace brownout::accel {

class FaultAwarePlacement {
 public:
  /// All must outlive it. Throws InputError when a map has too few blocks.
  FaultAwarePlacement(const models::Graph& graph, const Program& program, const Machine& machine);

  [[nodiscard]] memory::PerGroup<memory::MacroOrder> order(ChipId chip) const;

  /// What order() makes least: over all words, their usage (buffer_usage.h) times 4^s for every
  /// cell of theirs that fails at the test voltage, s its bit's significance in the byte, times
  /// the share of accesses it fails.
  [[nodiscard]] double cost(ChipId chip, const memory::PerGroup<memory::MacroOrder>& order) const;

 private:
  /// A failing cell of a block.
  struct BlockFault {
    std::uint32_t row = 0;
    double weight = 0;
  };
  using Block = std::vector<BlockFault>;
  /// By the pool's numbers of them.
  using Blocks = std::vector<Block>;

  [[nodiscard]] Blocks measured_blocks() const;
  [[nodiscard]] memory::Chip as_drawn(ChipId chip) const;
  [[nodiscard]] Blocks drawn_blocks(const memory::Chip& chip, memory::GroupId group) const;
  [[nodiscard]] memory::FaultRates test_rates(memory::GroupId group) const;
  /// The share of the cost of `block` at `slot`.
  [[nodiscard]] double cost(const Block& block, const memory::MacroSlot& slot) const;
  [[nodiscard]] bool is_used(const memory::MacroSlot& slot) const;
  /// Brings the pool's blocks into the cheapest order.
  void place(memory::MacroPool& pool, const Blocks& blocks) const;

  const Machine& machine_;
  memory::PerGroup<memory::SramGeometry> geometry_;
  memory::PerGroup<std::vector<double>> usage_;
  std::vector<memory::MacroPool> pools_;  ///< a map's is placed already, alike for all chips
  Blocks measured_;
};

}  // namespace brownout::accel
