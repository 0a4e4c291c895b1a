// SPDX-License-Identifier: Apache-2.0
// The accelerator (layer 3): the one place where its blocks are made and wired.
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/dma_module.h"
#include "accel/dram_module.h"
#include "accel/operating_point.h"
#include "accel/sequencer_module.h"
#include "accel/systolic_array_module.h"
#include "accel/vector_unit_module.h"
#include "memory/chip.h"

namespace brownout::accel {

class AcceleratorModule : public sc_core::sc_module {
 public:
  /// `chip` must outlive the module; a null chip has no failing cells.
  AcceleratorModule(sc_core::sc_module_name name, RunContext context, const Machine& machine,
                    const OperatingPoint& point, const memory::Chip* chip);

  /// Runs the program from now to its last store. Throws SimulationError when it gets stuck.
  void run();

  [[nodiscard]] memory::Dram& dram() { return dram_.contents(); }
  [[nodiscard]] Cycles elapsed() const { return period_.now(); }

 private:
  [[nodiscard]] std::unique_ptr<SramGroupModule> make_group(memory::GroupId group,
                                                            const Machine& machine,
                                                            const memory::Chip* chip) const;
  void bind();

  ClockPeriod period_;
  DramModule dram_;
  DmaModule dma_;
  SequencerModule sequencer_;
  SystolicArrayModule array_;
  VectorUnitModule vector_;
  memory::PerGroup<std::unique_ptr<SramGroupModule>> groups_;
  std::vector<std::unique_ptr<VoltageRailModule>> rails_;
};

}  // namespace brownout::accel
