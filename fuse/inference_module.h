// SPDX-License-Identifier: Apache-2.0
// An accelerator with its DRAM, run image by image from a process (layer 4): each side of a
// pipeline of two.
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "accel/accelerator_core_module.h"
#include "accel/dram_module.h"
#include "accel/run_context.h"
#include "accel/run_interface.h"
#include "models/reference.h"

namespace brownout::fuse {

class InferenceModule : public sc_core::sc_module, public accel::RunListener {
 public:
  /// As AcceleratorCoreModule.
  InferenceModule(sc_core::sc_module_name name, accel::RunContext context,
                  const accel::Machine& machine, const accel::OperatingPoint& point,
                  const memory::Chip* chip);

  /// Blocks the caller while the program runs on what lies in DRAM, from the next clock edge to its
  /// last store; the DRAM has settled before. Throws SimulationError when it fails.
  void infer();

  /// The host's side of the DRAM, without time.
  void write_image(const std::vector<std::uint8_t>& codes);
  [[nodiscard]] models::Inference results();

  void run_started() override {}
  void run_ended(const accel::RunEnd& end) override;

 private:
  accel::RunContext context_;
  accel::Placement placement_;
  accel::AcceleratorCoreModule core_;
  accel::DramModule dram_;
  sc_core::sc_signal<bool> irq_{"irq"};
  sc_core::sc_event ended_;
};

}  // namespace brownout::fuse
