// SPDX-License-Identifier: Apache-2.0
#include "fuse/inference_module.h"

#include "accel/dram_contents.h"
#include "accel/program_image.h"
#include "sim/core/error.h"

namespace brownout::fuse {

InferenceModule::InferenceModule(sc_core::sc_module_name name, accel::RunContext context,
                                 const accel::Machine& machine, const accel::OperatingPoint& point,
                                 const memory::Chip* chip)
    : sc_module(name),
      context_(context),
      placement_(accel::ProgramImage(context.graph, context.program).at(0)),
      core_("core", context, machine, point, chip),
      dram_("dram", memory::Dram(Bytes(context.program.dram_bytes), machine.accelerator.dram)) {
  core_.dma.bind(dram_.socket);
  core_.irq(irq_);
  core_.listen(*this);
  if (context.payload == accel::Payload::kCarried) {
    accel::write_weights(dram_.contents(), context.graph, context.program);
  }
}

void InferenceModule::infer() {
  dram_.contents().settle();
  core_.start(placement_);
  wait(ended_);
  const auto& end = core_.end();
  require(end.has_value(), "an inference that ended says how");
  if (end->state != accel::RunState::kDone) throw SimulationError(end->message);
}

void InferenceModule::run_ended(const accel::RunEnd& /*end*/) {
  ended_.notify(sc_core::SC_ZERO_TIME);
}

void InferenceModule::write_image(const std::vector<std::uint8_t>& codes) {
  accel::write_image(dram_.contents(), context_.graph, context_.program, codes);
}

models::Inference InferenceModule::results() {
  return accel::read_results(dram_.contents(), context_.graph, context_.program);
}

}  // namespace brownout::fuse
