// SPDX-License-Identifier: Apache-2.0
#include "fuse/fuse_stage_module.h"

namespace brownout::fuse {

FuseStageModule::FuseStageModule(sc_core::sc_module_name name, accel::RunContext context,
                                 const accel::Machine& machine, const accel::OperatingPoint& point,
                                 const memory::Chip* chip, accel::ClockPeriod base_clock)
    : sc_module(name),
      generator_("generator", context, machine, point, chip),
      context_(context),
      base_clock_(base_clock) {
  SC_THREAD(generate);
  SC_THREAD(hand_over);
}

void FuseStageModule::generate() {
  try {
    for (std::uint32_t i = 0; i < work_.images; ++i) {
      free_outputs_.wait();
      const bool carried = context_.payload == accel::Payload::kCarried;
      if (carried) generator_.write_image(work_.codes);
      generator_.infer();
      if (carried) outputs_[i % 2] = generator_.results().codes.back();
      full_outputs_.post();
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void FuseStageModule::hand_over() {
  for (std::uint32_t i = 0; i < work_.images; ++i) {
    full_outputs_.wait();
    base->reserve();
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    wait(base_clock_.edge(now) - now + base_clock_.of(work_.handover));
    base->deliver(outputs_[i % 2]);
    free_outputs_.post();
  }
}

}  // namespace brownout::fuse
