// SPDX-License-Identifier: Apache-2.0
#include "accel/accelerator_module.h"

#include "accel/program_image.h"
#include "sim/core/error.h"

namespace brownout::accel {

AcceleratorModule::AcceleratorModule(sc_core::sc_module_name name, RunContext context,
                                     const Machine& machine, const OperatingPoint& point,
                                     const memory::Chip* chip)
    : sc_module(name),
      placement_(ProgramImage(context.graph, context.program).at(0)),
      core_("core", context, machine, point, chip),
      dram_("dram", memory::Dram(Bytes(context.program.dram_bytes), machine.accelerator.dram)) {
  core_.dma.bind(dram_.socket);
  core_.irq(irq_);
}

void AcceleratorModule::run() {
  core_.start(placement_);
  sc_core::sc_start();
  const std::optional<RunEnd>& end = core_.end();
  require(end.has_value(), "the program ran to its end (a step waits for a transfer forever)");
  if (end->state != RunState::kDone) throw SimulationError(end->message);
}

}  // namespace brownout::accel
