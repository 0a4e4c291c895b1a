// SPDX-License-Identifier: Apache-2.0
#include "fuse/fused_pipeline_module.h"

#include <utility>

#include "accel/operating_timing.h"
#include "sim/core/error.h"

namespace brownout::fuse {

FusedPipelineModule::FusedPipelineModule(sc_core::sc_module_name name, const PipelineSide& stage,
                                         const PipelineSide& network, StageWork work)
    : sc_module(name),
      context_(network.context),
      images_(work.images),
      stage_("fuse_stage", stage.context, stage.machine, stage.point, stage.chip,
             accel::ClockPeriod(accel::run_clock(network.machine, network.point))),
      network_("network", network.context, network.machine, network.point, network.chip) {
  stage_.set_work(std::move(work));
  stage_.base(*this);
  SC_THREAD(infer);
}

void FusedPipelineModule::run() {
  sc_core::sc_start();
  for (const std::exception_ptr& failure : {stage_.failure(), failure_}) {
    if (failure != nullptr) std::rethrow_exception(failure);
  }
  require(done_.size() == images_, "every image comes through stage and network");
}

void FusedPipelineModule::deliver(const std::vector<std::uint8_t>& codes) {
  inputs_.push_back(codes);
  full_inputs_.post();
}

void FusedPipelineModule::infer() {
  try {
    while (done_.size() < images_) {
      full_inputs_.wait();
      if (context_.payload == accel::Payload::kCarried) network_.write_image(inputs_.front());
      network_.infer();
      inputs_.pop_front();
      done_.push_back(sc_core::sc_time_stamp());
      free_inputs_.post();
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
}

}  // namespace brownout::fuse
