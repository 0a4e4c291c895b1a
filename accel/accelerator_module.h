// SPDX-License-Identifier: Apache-2.0
// The accelerator with its own DRAM (layer 3), as the cycle engine runs it.
#pragma once

#include <systemc>

#include "accel/accelerator_core_module.h"
#include "accel/dram_module.h"

namespace brownout::accel {

class AcceleratorModule : public sc_core::sc_module {
 public:
  /// As AcceleratorCoreModule.
  AcceleratorModule(sc_core::sc_module_name name, RunContext context, const Machine& machine,
                    const OperatingPoint& point, const memory::Chip* chip);

  /// Runs the program on what lies in DRAM, from the next clock edge to its last store; may be
  /// called again. Throws SimulationError when it fails or gets stuck.
  void run();

  [[nodiscard]] memory::Dram& dram() { return dram_.contents(); }
  /// Cycles of the last run.
  [[nodiscard]] Cycles elapsed() const { return core_.cycles(); }

 private:
  Placement placement_;
  AcceleratorCoreModule core_;
  DramModule dram_;
  sc_core::sc_signal<bool> irq_{"irq"};
};

}  // namespace brownout::accel
