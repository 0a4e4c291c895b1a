// SPDX-License-Identifier: Apache-2.0
// The front-end stage next to the base network's accelerator, both at work at once (layer 4).
#pragma once

#include <deque>
#include <systemc>
#include <vector>

#include "fuse/fuse_stage_module.h"

namespace brownout::fuse {

/// Network, machine and chip of one side.
struct PipelineSide {
  accel::RunContext context;
  const accel::Machine& machine;
  const accel::OperatingPoint& point;
  const memory::Chip* chip;
};

class FusedPipelineModule : public sc_core::sc_module, public HandoverInterface {
 public:
  FusedPipelineModule(sc_core::sc_module_name name, const PipelineSide& stage,
                      const PipelineSide& network, StageWork work);

  /// Carries all images through. Throws what a side threw, SimulationError when one gets stuck.
  void run();

  /// When the base network was done with each image.
  [[nodiscard]] const std::vector<sc_core::sc_time>& done() const { return done_; }
  [[nodiscard]] InferenceModule& generator() { return stage_.generator(); }
  [[nodiscard]] InferenceModule& network() { return network_; }

  void reserve() override { free_inputs_.wait(); }
  void deliver(const std::vector<std::uint8_t>& codes) override;

 private:
  SC_HAS_PROCESS(FusedPipelineModule);

  void infer();

  accel::RunContext context_;
  std::uint32_t images_;
  FuseStageModule stage_;
  InferenceModule network_;
  sc_core::sc_semaphore free_inputs_{"free_inputs", 2};
  sc_core::sc_semaphore full_inputs_{"full_inputs", 0};
  std::deque<std::vector<std::uint8_t>> inputs_;
  std::vector<sc_core::sc_time> done_;
  std::exception_ptr failure_;
};

}  // namespace brownout::fuse
