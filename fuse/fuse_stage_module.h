// SPDX-License-Identifier: Apache-2.0
// The front-end stage as hardware (layer 4): a generator on an accelerator of its own with its own
// DRAM channel, and the double buffer through which F(x) reaches the base network's memory.
//
//   generator --two images--> hand-over --two images--> base network
//
// The generator begins an image once one of its two output slots is free; the hand-over, on the
// base's clock, copies it once one of the base's two input slots is, from the next clock edge on.
#pragma once

#include <cstdint>
#include <exception>
#include <systemc>
#include <vector>

#include "accel/clock_module.h"
#include "fuse/inference_module.h"

namespace brownout::fuse {

/// Where images are handed to: the base network's side.
class HandoverInterface : public sc_core::sc_interface {
 public:
  /// Blocks the caller until an input slot is free.
  virtual void reserve() = 0;
  /// An image is complete in the slot reserved; `codes` are empty without payload.
  virtual void deliver(const std::vector<std::uint8_t>& codes) = 0;
};

/// What the stage does in a simulation.
struct StageWork {
  std::vector<std::uint8_t> codes;  ///< of the image, empty without payload
  std::uint32_t images = 1;         ///< the same one again and again
  Cycles handover;                  ///< of the base's clock
};

class FuseStageModule : public sc_core::sc_module {
 public:
  /// As InferenceModule; `base_clock` is that of the hand-over.
  FuseStageModule(sc_core::sc_module_name name, accel::RunContext context,
                  const accel::Machine& machine, const accel::OperatingPoint& point,
                  const memory::Chip* chip, accel::ClockPeriod base_clock);

  sc_core::sc_port<HandoverInterface> base{"base"};

  /// Before the simulation starts.
  void set_work(StageWork work) { work_ = std::move(work); }
  /// What went wrong, if anything did.
  [[nodiscard]] const std::exception_ptr& failure() const { return failure_; }
  /// The generator's side, for its results.
  [[nodiscard]] InferenceModule& generator() { return generator_; }

 private:
  SC_HAS_PROCESS(FuseStageModule);

  void generate();
  void hand_over();

  InferenceModule generator_;
  accel::RunContext context_;
  accel::ClockPeriod base_clock_;
  StageWork work_;
  sc_core::sc_semaphore free_outputs_{"free_outputs", 2};
  sc_core::sc_semaphore full_outputs_{"full_outputs", 0};
  std::vector<std::vector<std::uint8_t>> outputs_{2};
  std::exception_ptr failure_;
};

}  // namespace brownout::fuse
