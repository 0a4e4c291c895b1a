// SPDX-License-Identifier: Apache-2.0
// Cells of their own for every layer's weights (layer 3): the mapping own_cells. The chip's filter
// buffer holds the network's layers one behind the other, each in fetch order, so that no two
// weights share a cell; time, accesses and energy stay those of the configured buffer.
#pragma once

#include <cstdint>
#include <memory>

#include "accel/layer_masks.h"
#include "accel/program.h"
#include "memory/fault_source.h"
#include "memory/sram_geometry.h"

namespace brownout::accel {

/// `buffer` with as many macros more as it takes to hold all of the program's weights.
[[nodiscard]] memory::SramGeometry with_own_cells(const memory::SramGeometry& buffer,
                                                  const Program& program);

class OwnCellFaults : public memory::FaultSource {
 public:
  /// `whole`: of the large buffer's words; `program` must outlive it.
  OwnCellFaults(std::unique_ptr<memory::FaultSource> whole, const Program& program);

  void set_rates(const memory::BufferRates& rates) override;
  /// Covers the layer's whole fetch positions; empty for a layer without weights.
  const memory::FaultMask& reading(std::uint32_t layer) override;
  const memory::HoldMask& holding() const override { return holds_all_; }

 private:
  [[nodiscard]] memory::FaultMask make_mask(std::uint32_t layer);

  std::unique_ptr<memory::FaultSource> whole_;
  const Program& program_;
  LayerMasks layers_;
  memory::HoldMask holds_all_;
};

}  // namespace brownout::accel
